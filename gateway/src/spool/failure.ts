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

/** SQLite's own words for them: the package for Node 20 throws errors of `iterate()` without a code. */
const TEXTS: Record<string, number> = {
  'database is locked': 5,
  'attempt to write a readonly database': 8,
  'disk I/O error': 10,
  'database disk image is malformed': 11,
  'database or disk is full': 13,
  'unable to open database file': 14,
  'file is not a database': 26,
};

/** Result code of SQLite behind an exception, extended where it is known; null = not SQLite's. */
export function sqliteCode(error: unknown): number | null {
  const { errcode, message } = error as { errcode?: number; message?: string };
  return errcode ?? TEXTS[message ?? ''] ?? null;
}

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
  const code = sqliteCode(error);
  const said = error instanceof Error ? error.message : String(error);
  // Extended codes carry the primary one in their low byte.
  const known = code === null ? undefined : FAILURES[code & 0xff];
  if (code === null || known === undefined) throw error;
  return { code: known, message: `${WORDS[known]} (SQLite: ${said}${code > 255 ? `, code ${code}` : ''})` };
}
