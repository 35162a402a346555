import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * As `mkdir -p`. Node's own `recursive` never returns where a folder cannot be made in one that is there (`/proc/x`). The folder survives a loss of power: its
 * name is synced, also when it was there, for the process that made it may have been killed before.
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isThere = code === 'EEXIST' && statSync(path).isDirectory();
    if (!isThere && (code !== 'ENOENT' || dirname(path) === path)) throw error;
    if (!isThere) {
      makeDirectory(dirname(path));
      mkdirSync(path);
    }
  }
  syncNames(dirname(path));
}

function syncNames(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not everybody may read the folder above, and Windows opens no folder. The names are then as durable as the system makes them by itself.
  }
}
