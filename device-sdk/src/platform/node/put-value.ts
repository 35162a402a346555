import { closeSync, fdatasyncSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Old or new, never a mixture: written beside, synced, renamed. */
export function putValue(folder: string, key: string, bytes: Uint8Array): boolean {
  const path = join(folder, key);
  const fd = openSync(`${path}.new`, 'w', 0o600);
  try {
    // A disk that fills up takes a part and says so by the count alone.
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
  const folderFd = openSync(folder, 'r');
  try {
    fsyncSync(folderFd);
  } finally {
    closeSync(folderFd);
  }
  return true;
}
