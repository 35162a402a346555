import type { SpoolFailure } from '../domain/ports.ts';

/** Primary result codes of SQLite that mean "not now" rather than "a bug". */
const FAILURES: Record<number, SpoolFailure['code']> = {
  5: 'SPOOL_IO',
  6: 'SPOOL_IO',
  8: 'SPOOL_READONLY',
  10: 'SPOOL_IO',
  11: 'SPOOL_IO',
  13: 'SPOOL_FULL',
  14: 'SPOOL_IO',
  26: 'SPOOL_IO',
};

/** Names the failure behind an exception of SQLite. Anything that is no storage failure is a bug and is thrown again. */
export function storageFailure(error: unknown): SpoolFailure {
  const code = (error as { errcode?: number }).errcode;
  const message = error instanceof Error ? error.message : String(error);
  // Extended codes carry the primary one in their low byte.
  const known = code === undefined ? undefined : FAILURES[code & 0xff];
  if (known !== undefined) return { code: known, message };
  throw error;
}
