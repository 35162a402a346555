import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { deviceError, type StoragePort } from '../../core/index.ts';
import { lockFolder } from './folder-lock.ts';
import { makeDirectory } from './make-directory.ts';
import { putValue } from './put-value.ts';

interface OpenFile {
  fd: number;
  size: number;
  isDirty: boolean;
}

export interface FileStorage extends StoragePort {
  /** Closes all files and frees the folder. */
  close(): void;
}

/** Segment files that stay open; journals come and go, so the oldest clean one is closed first. */
const maxOpenFiles = 32;

function openFolder(folder: string): void {
  try {
    makeDirectory(join(folder, 'segments'));
    makeDirectory(join(folder, 'values'));
  } catch (cause) {
    const why = (cause as Error).message;
    throw deviceError('DEV_DATA_DIR', `The folder ${folder} cannot be used: ${why}. Choose another dataDir.`);
  }
}

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

class SegmentFiles {
  readonly folder: string;
  private readonly open = new Map<string, OpenFile>();
  private readonly folderFd: number;
  private isFolderDirty = false;
  private hasAdopted = false;
  private isSyncing = false;
  /** Asked for a sync while another was under way. */
  private waiting: ((ok: boolean) => void)[] = [];
  private retired: number[] = [];

  constructor(folder: string) {
    this.folder = folder;
    this.folderFd = openSync(folder, 'r');
  }

  file(name: string, mustExist: boolean): OpenFile | null {
    const held = this.open.get(name);
    if (held) return held;
    const path = join(this.folder, name);
    const isNew = !existsSync(path);
    if (isNew && mustExist) return null;
    const fd = openSync(path, 'a+', 0o600);
    const made = { fd, size: fstatSync(fd).size, isDirty: false };
    this.isFolderDirty ||= isNew;
    this.closeOldest();
    this.open.set(name, made);
    return made;
  }

  private closeOldest(): void {
    if (this.open.size < maxOpenFiles) return;
    for (const [name, file] of this.open) {
      if (file.isDirty) continue;
      this.retire(file.fd);
      this.open.delete(name);
      return;
    }
  }

  /** A sync under way may still use the number; the system would give it to another file. */
  private retire(fd: number): void {
    if (this.isSyncing) this.retired.push(fd);
    else closeSync(fd);
  }

  append(name: string, bytes: Uint8Array): boolean {
    const file = this.file(name, false);
    if (file === null) return false;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file.fd, bytes, written, bytes.length - written);
    } catch {
      // All or nothing: a full disk may have taken a part.
      attempt(() => ftruncateSync(file.fd, file.size), undefined);
      return false;
    }
    file.size += written;
    file.isDirty = true;
    return true;
  }

  read(name: string, offset: number, length: number): Uint8Array | null {
    const file = this.file(name, true);
    if (file === null) return null;
    const wanted = Math.max(0, Math.min(length, file.size - offset));
    const bytes = new Uint8Array(wanted);
    let got = 0;
    while (got < wanted) {
      const more = readSync(file.fd, bytes, got, wanted - got, offset + got);
      if (more === 0) break;
      got += more;
    }
    return bytes.subarray(0, got);
  }

  size(name: string): number {
    const held = this.open.get(name);
    return held ? held.size : attempt(() => statSync(join(this.folder, name)).size, 0);
  }

  remove(name: string): void {
    const held = this.open.get(name);
    if (held) {
      this.retire(held.fd);
      this.open.delete(name);
    }
    unlinkSync(join(this.folder, name));
    this.isFolderDirty = true;
  }

  /** What an earlier process wrote may be in the memory of the system only. */
  private adoptFound(): void {
    for (const name of readdirSync(this.folder)) {
      const file = this.file(name, true);
      if (file) file.isDirty = true;
    }
    this.hasAdopted = true;
    this.isFolderDirty = true;
  }

  sync(done: (ok: boolean) => void): void {
    // What the one under way has taken on is not durable yet, and may fail: the next one begins after it, and has the last word on both.
    if (this.isSyncing) {
      this.waiting.push(done);
      return;
    }
    if (!this.hasAdopted) this.adoptFound();
    const dirty = [...this.open.values()].filter((file) => file.isDirty);
    const folder = this.isFolderDirty;
    for (const file of dirty) file.isDirty = false;
    this.isFolderDirty = false;
    let waiting = dirty.length + (folder ? 1 : 0);
    if (waiting === 0) {
      done(true);
      return;
    }
    let isGood = true;
    this.isSyncing = true;
    const finish = (error: Error | null, restore: () => void): void => {
      if (error) {
        isGood = false;
        restore();
      }
      waiting -= 1;
      if (waiting > 0) return;
      this.ended();
      done(isGood);
      this.next();
    };
    for (const file of dirty) {
      fdatasync(file.fd, (error) =>
        finish(error, () => {
          file.isDirty = true;
        }),
      );
    }
    if (folder) {
      fsync(this.folderFd, (error) =>
        finish(error, () => {
          this.isFolderDirty = true;
        }),
      );
    }
  }

  private ended(): void {
    this.isSyncing = false;
    for (const fd of this.retired.splice(0)) attempt(() => closeSync(fd), undefined);
  }

  private next(): void {
    const waiting = this.waiting.splice(0);
    if (waiting.length === 0) return;
    this.sync((ok) => {
      for (const done of waiting) done(ok);
    });
  }

  close(): void {
    for (const done of this.waiting.splice(0)) done(false);
    for (const file of this.open.values()) this.retire(file.fd);
    this.open.clear();
    this.retire(this.folderFd);
  }
}

/**
 * Storage in a folder that belongs to one device: append-only files, `fdatasync`, and a synced folder so that new files survive the loss of
 * power too. Throws a `DeviceError` when the folder cannot be used, or is in use by another process.
 */
export function fileStorage(folder: string): FileStorage {
  openFolder(folder);
  const unlock = lockFolder(folder);
  const files = new SegmentFiles(join(folder, 'segments'));
  const values = join(folder, 'values');
  return {
    list: () => attempt(() => readdirSync(files.folder), []),
    size: (name) => files.size(name),
    append: (name, bytes) => attempt(() => files.append(name, bytes), false),
    read: (name, offset, length) => attempt(() => files.read(name, offset, length), null),
    remove: (name) => attempt(() => files.remove(name), undefined),
    sync: (done) => files.sync(done),
    get: (key) => attempt<Uint8Array | null>(() => new Uint8Array(readFileSync(join(values, key))), null),
    put: (key, bytes) => attempt(() => putValue(values, key, bytes), false),
    close: () => {
      files.close();
      unlock();
    },
  };
}
