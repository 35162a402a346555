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
