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

// Indexed by code - 1. A table and not a switch: one line to read when a code is added.
const classes: CodeClass[] = [
  'drop', // malformed
  'drop', // notDeterministic
  'drop', // schema
  'resync', // version
  'drop', // criticalLabel
  'resync', // unknownModel
  'drop', // outOfRange
  'stop', // authRequired
  'stop', // notAuthorised
  'drop', // replayed
  'drop', // consentMissing
  'resync', // consentStale
  'drop', // subjectErased
  'split', // tooLarge
  'retry', // rateLimited
  'retry', // overloaded
  'resync', // clockImplausible
  'resync', // keyExpired
];

/** What a device does after a `nack` with this code. A number that is no code gives 'drop': never loop on it. */
export function codeClass(code: number): CodeClass {
  return classes[code - 1] || 'drop';
}

/** The name of a code ('malformed', ...), or 'unknown'. */
export function codeName(code: number): CodeName | 'unknown' {
  for (const name in Code) {
    if (Code[name as CodeName] === code) return name as CodeName;
  }
  return 'unknown';
}
