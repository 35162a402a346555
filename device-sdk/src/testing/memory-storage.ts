import type { StoragePort } from '../core/index.ts';
import { appendTo, losePower, type MemorySegment, newSegment, syncedTo, wipeAll } from './memory-segment.ts';

export interface CrashOptions {
  /**
   * What was written or removed since the last sync is undone, as when the power fails. Without it, only the process ends: everything
   * that was appended is still there.
   */
  dropUnsynced?: boolean;
  /**
   * With `dropUnsynced`: what POSIX allows. Any of the unsynced writes survive, torn anywhere, a hole reads as zeros; names that were
   * made or removed since the last sync are there or not, each by itself.
   */
  random?: () => number;
}

export interface MemoryStorage extends StoragePort {
  /** The device's run ends here; syncs under way never call back. Start a new device on the same storage. */
  crash(options?: CrashOptions): void;
  /** Every append fails from now on, as on a full or broken disk. */
  setBroken(isBroken: boolean): void;
  /** Syncs call back only when `completeSyncs` is called. */
  holdSyncs(isHeld: boolean): void;
  completeSyncs(ok?: boolean): void;
  /** Flips the bits of one byte: damage that a checksum must find. */
  damage(name: string, offset: number): void;
  /** Bytes of all segments. */
  totalBytes(): number;
  /** Largest total there ever was. */
  peakBytes(): number;
}

class Store {
  segments = new Map<string, MemorySegment>();
  /** Removed, but the removal is not durable. */
  removed = new Map<string, MemorySegment>();
  values = new Map<string, Uint8Array>();
  peak = 0;

  total(): number {
    let total = 0;
    for (const segment of this.segments.values()) total += segment.size;
    return total;
  }

  append(name: string, bytes: Uint8Array): void {
    const segment = this.segments.get(name) ?? newSegment();
    appendTo(segment, bytes);
    this.segments.set(name, segment);
    this.peak = Math.max(this.peak, this.total());
  }

  remove(name: string): void {
    const segment = this.segments.get(name);
    if (segment === undefined) return;
    this.removed.set(name, segment);
    this.segments.delete(name);
  }

  /** What a sync that starts now will make durable. */
  snapshot(): () => void {
    const sizes = [...this.segments].map(([name, segment]) => ({
      name,
      segment,
      size: segment.size,
      wiped: segment.wiped,
    }));
    const gone = [...this.removed.keys()];
    return () => {
      for (const { segment, size, wiped } of sizes) {
        syncedTo(segment, size);
        if (segment.wiped === wiped) segment.wiped = null;
      }
      for (const name of gone) this.removed.delete(name);
    };
  }

  dropUnsynced(random: (() => number) | undefined): void {
    for (const [name, segment] of this.segments) {
      if (!losePower(segment, random)) this.segments.delete(name);
    }
    for (const [name, segment] of this.removed) {
      if (this.segments.has(name) || (random !== undefined && random() < 0.5)) continue;
      if (losePower(segment, random)) this.segments.set(name, segment);
    }
    this.removed.clear();
  }
}

/** Storage in memory that obeys the same contract as the real ones, and fails on demand. */
export function memoryStorage(): MemoryStorage {
  const store = new Store();
  let isBroken = false;
  let isHeld = false;
  let pending: ((ok: boolean) => void)[] = [];
  return {
    list: () => [...store.segments.keys()],
    size: (name) => store.segments.get(name)?.size ?? 0,
    append: (name, bytes) => {
      if (isBroken) return false;
      store.append(name, bytes);
      return true;
    },
    read: (name, offset, length) => {
      const segment = store.segments.get(name);
      return segment ? segment.bytes.slice(offset, Math.min(segment.size, offset + length)) : null;
    },
    wipe: (name) => {
      if (isBroken) return false;
      const segment = store.segments.get(name);
      if (segment) wipeAll(segment);
      return true;
    },
    remove: (name) => store.remove(name),
    sync: (done) => {
      const apply = store.snapshot();
      const complete = (ok: boolean): void => {
        if (ok) apply();
        done(ok);
      };
      if (isHeld) pending.push(complete);
      else complete(!isBroken);
    },
    get: (key) => store.values.get(key)?.slice() ?? null,
    put: (key, bytes) => {
      if (isBroken) return false;
      store.values.set(key, bytes.slice());
      return true;
    },
    crash: (options = {}) => {
      pending = [];
      isHeld = false;
      if (options.dropUnsynced) store.dropUnsynced(options.random);
    },
    setBroken: (next) => {
      isBroken = next;
    },
    holdSyncs: (next) => {
      isHeld = next;
    },
    completeSyncs: (ok = true) => {
      const all = pending;
      pending = [];
      for (const complete of all) complete(ok);
    },
    damage: (name, offset) => {
      const bytes = store.values.get(name) ?? store.segments.get(name)?.bytes;
      if (bytes === undefined) throw new Error(`nothing is named ${name}`);
      bytes[offset] = bytes[offset]! ^ 0xff;
    },
    totalBytes: () => store.total(),
    peakBytes: () => store.peak,
  };
}
