import type { SpoolFailure } from '../domain/ports.ts';

/** Primary result codes of SQLite that mean "not now" rather than "a bug". */
const FAILURES: Record<number, SpoolFailure['code']> = {
  5: 'SPOOL_IO',
  6: 'SPOOL_IO',
  8: 'SPOOL_READONLY',
  10: 'SPOOL_IO',
  11: 'SPOOL_DAMAGED',
  13: 'SPOOL_DISK_FULL',
  14: 'SPOOL_IO',
  // Locks of the WAL's index that cannot be had: seen where its file could not be made larger.
  15: 'SPOOL_IO',
  26: 'SPOOL_DAMAGED',
};

/** What it means, and what to do: the person who reads it is woken by it. */
const WORDS: Partial<Record<SpoolFailure['code'], string>> = {
  SPOOL_DISK_FULL:
    'the disk is full: free space on it; devices keep their data and are acknowledged as soon as there is room',
  SPOOL_IO: 'the disk does not read or write: look at the disk and its cable, mount or quota',
  SPOOL_READONLY:
    'the store may not be written: mount its file system for writing, or give its files to this user',
  SPOOL_DAMAGED: 'the store is damaged: what can be read of it is carried over into a new one',
};

/** Names the failure behind an exception of SQLite. Anything that is no storage failure is a bug and is thrown again. */
export function storageFailure(error: unknown): SpoolFailure {
  const code = (error as { errcode?: number }).errcode;
  const said = error instanceof Error ? error.message : String(error);
  // Extended codes carry the primary one in their low byte.
  const known = code === undefined ? undefined : FAILURES[code & 0xff];
  if (known === undefined) throw error;
  return { code: known, message: `${WORDS[known]} (SQLite: ${said}${code! > 255 ? `, code ${code}` : ''})` };
}
