/** Error codes as they travel in `nack` (label 18). Numbers never change meaning. */
export const Code = {
  malformed: 1,
  notDeterministic: 2,
  schema: 3,
  version: 4,
  criticalLabel: 5,
  unknownModel: 6,
  outOfRange: 7,
  authRequired: 8,
  notAuthorised: 9,
  replayed: 10,
  consentMissing: 11,
  consentStale: 12,
  subjectErased: 13,
  tooLarge: 14,
  rateLimited: 15,
  overloaded: 16,
  clockImplausible: 17,
  keyExpired: 18,
} as const;
export type CodeName = keyof typeof Code;
export type CodeNumber = (typeof Code)[CodeName];

/** What a device does with a message that was refused with a code. */
export type CodeClass = 'drop' | 'resync' | 'split' | 'retry' | 'stop';

// By code: d drop, r resync, s stop, l split, t retry. A test holds them to the specification's table.
const letters = ' dddrdrdssddrdlttrr';
const classOfLetter: { [letter: string]: CodeClass } = { r: 'resync', s: 'stop', l: 'split', t: 'retry' };

/** What a device does after a `nack` with this code. A number that is no code gives 'drop': never loop on it. */
export function codeClass(code: number): CodeClass {
  return classOfLetter[letters.charAt(code)] || 'drop';
}

/** The name of a code ('malformed', ...), or 'unknown'. */
export function codeName(code: number): CodeName | 'unknown' {
  for (const name in Code) {
    if (Code[name as CodeName] === code) return name as CodeName;
  }
  return 'unknown';
}
