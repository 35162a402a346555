import { join } from 'node:path';
import { attempt } from './attempt.ts';
import type { FileCalls } from './file-calls.ts';
import { type Removals, removals } from './removals.ts';

interface OpenFile {
  fd: number;
  size: number;
  isDirty: boolean;
  /** A sync covered it up to here. */
  syncedSize: number;
  /** A sync failed: the system may take its bytes for written, and the next sync would say so (fsync on Linux tells an error once). */
  isDoubtful: boolean;
  /** Behind `size` stands a part of what a full disk took, which could not be cut off. */
  isRagged: boolean;
}

/** Segment files that stay open; journals come and go, so the oldest clean one is closed first. */
const maxOpenFiles = 32;

export class SegmentFiles {
  readonly folder: string;
  private readonly calls: FileCalls;
  private readonly open = new Map<string, OpenFile>();
  private readonly folderFd: number;
  private isFolderDirty = false;
  private hasAdopted = false;
  private isSyncing = false;
  /** Asked for a sync while another was under way. */
  private waiting: ((ok: boolean) => void)[] = [];
  private retired: number[] = [];
  private readonly removals: Removals;

  constructor(folder: string, calls: FileCalls) {
    this.folder = folder;
    this.calls = calls;
    this.removals = removals(folder, calls);
    this.folderFd = this.calls.openSync(folder, 'r');
  }

  list(): string[] {
    return this.calls.readdirSync(this.folder).filter((name) => !this.removals.isUndone(name));
  }

  private openFile(path: string): OpenFile {
    const fd = this.calls.openSync(path, 'a+', 0o600);
    try {
      const { size } = this.calls.fstatSync(fd);
      return { fd, size, isDirty: false, syncedSize: 0, isDoubtful: false, isRagged: false };
    } catch (error) {
      this.retire(fd);
      throw error;
    }
  }

  file(name: string, mustExist: boolean): OpenFile | null {
    if (this.removals.isUndone(name) && (mustExist || !this.removals.remove(name))) return null;
    const held = this.open.get(name);
    if (held) return held;
    const path = join(this.folder, name);
    const isNew = !this.calls.existsSync(path);
    if (isNew && mustExist) return null;
    const made = this.openFile(path);
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
    else attempt(() => this.calls.closeSync(fd), undefined);
  }

  append(name: string, bytes: Uint8Array): boolean {
    const file = this.file(name, false);
    if (file === null || (file.isRagged && !this.trim(file))) return false;
    let written = 0;
    try {
      while (written < bytes.length)
        written += this.calls.writeSync(file.fd, bytes, written, bytes.length - written);
    } catch {
      // All or nothing: a full disk may have taken a part.
      this.trim(file);
      return false;
    }
    file.size += written;
    file.isDirty = true;
    return true;
  }

  /** Else the next bytes would stand behind these, and not where the core was told. */
  private trim(file: OpenFile): boolean {
    file.isRagged = !attempt(() => {
      this.calls.ftruncateSync(file.fd, file.size);
      return true;
    }, false);
    return !file.isRagged;
  }

  read(name: string, offset: number, length: number): Uint8Array | null {
    const file = this.file(name, true);
    if (file === null) return null;
    const wanted = Math.max(0, Math.min(length, file.size - offset));
    const bytes = new Uint8Array(wanted);
    let got = 0;
    while (got < wanted) {
      const more = this.calls.readSync(file.fd, bytes, got, wanted - got, offset + got);
      if (more === 0) break;
      got += more;
    }
    return bytes.subarray(0, got);
  }

  size(name: string): number {
    const held = this.open.get(name);
    if (this.removals.isUndone(name)) return 0;
    return held ? held.size : attempt(() => this.calls.statSync(join(this.folder, name)).size, 0);
  }

  remove(name: string): void {
    const held = this.open.get(name);
    if (held) {
      this.retire(held.fd);
      this.open.delete(name);
    }
    this.removals.remove(name);
    this.isFolderDirty = true;
  }

  /** Writes zeros over all of it, where the bytes are: a file system that copies on write, or flash behind a controller, may keep old ones. */
  wipe(name: string): boolean {
    const file = this.file(name, true);
    if (file === null) return !this.removals.isUndone(name);
    this.writeAt(name, new Uint8Array(file.size), 0);
    file.isDirty = true;
    // What a failed sync is about is written again from the system's memory: that is zeros now.
    file.syncedSize = 0;
    return true;
  }

  /** A file that was opened to append takes bytes at its end only. */
  private writeAt(name: string, bytes: Uint8Array, from: number): void {
    const fd = this.calls.openSync(join(this.folder, name), 'r+');
    try {
      for (let done = 0; done < bytes.length; )
        done += this.calls.writeSync(fd, bytes, done, bytes.length - done, from + done);
    } finally {
      this.calls.closeSync(fd);
    }
  }

  /** Writes again what a failed sync was about, from what the system still has of it. */
  private writeAgain(name: string, file: OpenFile): boolean {
    const bytes = attempt(() => this.read(name, file.syncedSize, file.size - file.syncedSize), null);
    if (bytes === null || bytes.length < file.size - file.syncedSize) return false;
    return attempt(() => {
      this.writeAt(name, bytes, file.syncedSize);
      file.isDoubtful = false;
      return true;
    }, false);
  }

  /** False: what is owed from before cannot be made good yet. */
  private makeGood(): boolean {
    if (!this.hasAdopted && !attempt(() => this.adoptFound(), false)) return false;
    if (!this.removals.retry()) return false;
    for (const [name, file] of this.open) if (file.isDoubtful && !this.writeAgain(name, file)) return false;
    return true;
  }

  /** What an earlier process wrote may be in the memory of the system only. */
  private adoptFound(): boolean {
    for (const name of this.list()) {
      const file = this.file(name, true);
      if (file) file.isDirty = true;
    }
    this.hasAdopted = true;
    this.isFolderDirty = true;
    return true;
  }

  sync(done: (ok: boolean) => void): void {
    // What the one under way has taken on is not durable yet, and may fail: the next one begins after it, and has the last word on both.
    if (this.isSyncing) {
      this.waiting.push(done);
      return;
    }
    if (!this.makeGood()) {
      done(false);
      return;
    }
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
      const covered = file.size;
      this.calls.fdatasync(file.fd, (error) => {
        if (!error) file.syncedSize = covered;
        finish(error, () => {
          file.isDirty = true;
          file.isDoubtful = true;
        });
      });
    }
    if (folder) {
      this.calls.fsync(this.folderFd, (error) =>
        finish(error, () => {
          this.isFolderDirty = true;
        }),
      );
    }
  }

  private ended(): void {
    this.isSyncing = false;
    for (const fd of this.retired.splice(0)) attempt(() => this.calls.closeSync(fd), undefined);
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
