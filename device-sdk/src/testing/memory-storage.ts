import type { StoragePort } from '../core/index.ts';

interface Segment {
  bytes: Uint8Array;
  size: number;
  /** Bytes that survive the loss of power; -1: the segment itself would be gone. */
  durable: number;
}

export interface CrashOptions {
  /**
   * What was written or removed since the last sync is undone, as when the power fails. Without it, only the process ends: everything
   * that was appended is still there.
   */
  dropUnsynced?: boolean;
  /** With `dropUnsynced`: each segment keeps a random part of its unsynced end, torn anywhere, and removals happen or not. */
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
  segments = new Map<string, Segment>();
  /** Removed, but the removal is not durable. */
  removed = new Map<string, Segment>();
  values = new Map<string, Uint8Array>();
  peak = 0;

  total(): number {
    let total = 0;
    for (const segment of this.segments.values()) total += segment.size;
    return total;
  }

  append(name: string, bytes: Uint8Array): void {
    const segment = this.segments.get(name) ?? { bytes: new Uint8Array(256), size: 0, durable: -1 };
    if (segment.size + bytes.length > segment.bytes.length) {
      const larger = new Uint8Array(2 * (segment.size + bytes.length));
      larger.set(segment.bytes.subarray(0, segment.size));
      segment.bytes = larger;
    }
    segment.bytes.set(bytes, segment.size);
    segment.size += bytes.length;
    this.segments.set(name, segment);
    this.peak = Math.max(this.peak, this.total());
  }

  remove(name: string): void {
    const segment = this.segments.get(name);
    if (segment === undefined) return;
    if (segment.durable >= 0) this.removed.set(name, segment);
    this.segments.delete(name);
  }

  /** What a sync that starts now will make durable. */
  snapshot(): () => void {
    const sizes = [...this.segments].map(([name, segment]) => ({ name, segment, size: segment.size }));
    const gone = [...this.removed.keys()];
    return () => {
      for (const { segment, size } of sizes) segment.durable = Math.max(segment.durable, size);
      for (const name of gone) this.removed.delete(name);
    };
  }

  dropUnsynced(random: (() => number) | undefined): void {
    for (const [name, segment] of this.segments) {
      const from = Math.max(0, segment.durable);
      const kept = random ? from + Math.floor(random() * (segment.size - from + 1)) : from;
      if (segment.durable < 0 && kept === 0) this.segments.delete(name);
      segment.size = kept;
      segment.durable = kept;
    }
    for (const [name, segment] of this.removed) {
      if (random !== undefined && random() < 0.5) continue;
      segment.size = Math.max(0, segment.durable);
      this.segments.set(name, segment);
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
