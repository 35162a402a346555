import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const DAMAGED = /^spool\.db\.damaged-.*(?<!\.json)$/;
const ZEROS = Buffer.alloc(2 ** 20);

/**
 * Damaged stores that were moved aside are kept for people to look at; nothing can be erased inside of them, so they go whole. One that was
 * moved aside before `sinceMs` holds nothing of what was asked for. Reports stay.
 */
export function removeDamaged(directory: string, sinceMs: number): string[] {
  const names = readdirSync(directory).filter((name) => DAMAGED.test(name));
  const gone = names.filter((name) => statSync(join(directory, name)).mtimeMs >= sinceMs);
  for (const name of gone) overwriteAndRemove(join(directory, name));
  return gone;
}

/** Overwritten first: blocks of a file that was only removed can be read from the disk. */
function overwriteAndRemove(path: string): void {
  const file = openSync(path, 'r+');
  try {
    for (let left = statSync(path).size, at = 0; left > 0; ) {
      const written = writeSync(file, ZEROS, 0, Math.min(left, ZEROS.length), at);
      left -= written;
      at += written;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(path);
}
