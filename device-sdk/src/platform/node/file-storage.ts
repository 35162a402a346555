import { join } from 'node:path';
import { deviceError, type StoragePort } from '../../core/index.ts';
import { attempt } from './attempt.ts';
import { type FileCalls, systemCalls } from './file-calls.ts';
import { lockFolder } from './folder-lock.ts';
import { makeDirectory } from './make-directory.ts';
import { putValue } from './put-value.ts';
import { SegmentFiles } from './segment-files.ts';

export interface FileStorage extends StoragePort {
  /** Closes all files and frees the folder. */
  close(): void;
}

function openFolder(folder: string): void {
  try {
    makeDirectory(join(folder, 'segments'));
    makeDirectory(join(folder, 'values'));
  } catch (cause) {
    const why = (cause as Error).message;
    throw deviceError('DEV_DATA_DIR', `The folder ${folder} cannot be used: ${why}. Choose another dataDir.`);
  }
}

/**
 * Storage in a folder that belongs to one device: append-only files, `fdatasync`, and a synced folder so that new files survive the loss of
 * power too. Throws a `DeviceError` when the folder cannot be used, or is in use by another process.
 */
export function fileStorage(folder: string): FileStorage {
  return openFileStorage(folder, systemCalls);
}

/** @internal */
export function openFileStorage(folder: string, calls: FileCalls): FileStorage {
  openFolder(folder);
  const unlock = lockFolder(folder);
  const files = new SegmentFiles(join(folder, 'segments'), calls);
  const values = join(folder, 'values');
  return {
    list: () => attempt(() => files.list(), []),
    size: (name) => files.size(name),
    append: (name, bytes) => attempt(() => files.append(name, bytes), false),
    read: (name, offset, length) => attempt(() => files.read(name, offset, length), null),
    wipe: (name) => attempt(() => files.wipe(name), false),
    remove: (name) => attempt(() => files.remove(name), undefined),
    sync: (done) => files.sync(done),
    get: (key) =>
      attempt<Uint8Array | null>(() => new Uint8Array(calls.readFileSync(join(values, key))), null),
    put: (key, bytes) => attempt(() => putValue(calls, join(values, key), bytes), false),
    close: () => {
      files.close();
      unlock();
    },
  };
}
