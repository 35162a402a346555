import { dirname } from 'node:path';
import { attempt } from './attempt.ts';
import type { FileCalls } from './file-calls.ts';

function writeBeside(calls: FileCalls, path: string, bytes: Uint8Array): void {
  const fd = calls.openSync(`${path}.new`, 'w', 0o600);
  try {
    // A disk that fills up takes a part and says so by the count alone.
    for (let done = 0; done < bytes.length; ) done += calls.writeSync(fd, bytes, done);
    calls.fdatasyncSync(fd);
  } finally {
    calls.closeSync(fd);
  }
}

function syncNames(calls: FileCalls, folder: string): void {
  const fd = calls.openSync(folder, 'r');
  try {
    calls.fsyncSync(fd);
  } finally {
    calls.closeSync(fd);
  }
}

/** What was refused must not be there at the next start: a choice that a person was told is not taken would be. As far as the disk lets us. */
function takeBack(calls: FileCalls, path: string, before: Uint8Array | null): void {
  if (before === null) calls.unlinkSync(path);
  else {
    writeBeside(calls, path, before);
    calls.renameSync(`${path}.new`, path);
  }
}

/** Old or new, never a mixture: written beside, synced, renamed. */
export function putValue(calls: FileCalls, path: string, bytes: Uint8Array): boolean {
  const before = attempt<Uint8Array | null>(() => calls.readFileSync(path), null);
  writeBeside(calls, path, bytes);
  calls.renameSync(`${path}.new`, path);
  try {
    syncNames(calls, dirname(path));
  } catch (error) {
    attempt(() => takeBack(calls, path, before), undefined);
    throw error;
  }
  return true;
}
