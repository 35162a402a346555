import type { ByteBuffer } from './byte-buffer.ts';
import type { StoragePort } from './ports.ts';
import type { Syncer } from './sync.ts';

/** The segments of the store under one bound, and removals that wait until what replaces them is durable. */
export interface Disk {
  /** Bytes of all segments. */
  used(): number;
  maxBytes: number;
  sizeOf(name: string): number;
  /** Appends what `out` holds from `from` on. False: over the bound (unless `always`) or the storage failed. */
  append(name: string, out: ByteBuffer, from: number, always: boolean): boolean;
  read(name: string, offset: number, length: number): Uint8Array | null;
  readAll(name: string): Uint8Array | null;
  /** Names that start with `prefix`, with the numbers after it, in rising order of the numbers. */
  numbered(prefix: string): Numbered[];
  names(): string[];
  /** Removes `name` once everything written up to now is durable: the power may fail between the two. */
  removeLater(name: string): void;
  /** Its removal is durable: it cannot come back with the power. */
  isGone(name: string): boolean;
  /** Bytes that `removeLater` will free. */
  leaving(): number;
  /** Removes what may go. */
  sweep(): void;
  failures(): number;
}

export interface Numbered {
  name: string;
  number: number;
}

interface Leaving {
  name: string;
  stamp: number;
}

function byNumber(a: Numbered, b: Numbered): number {
  return a.number - b.number;
}

function numberAfter(name: string, prefix: string): number {
  if (name.substring(0, prefix.length) !== prefix) return -1;
  const rest = name.substring(prefix.length);
  const value = Number(rest);
  return rest !== '' && value >= 0 && Math.floor(value) === value ? value : -1;
}

function numberedOf(names: string[], prefix: string): Numbered[] {
  const found: Numbered[] = [];
  for (let i = 0; i < names.length; i++) {
    const number = numberAfter(names[i], prefix);
    if (number >= 0) found.push({ name: names[i], number: number });
  }
  return found.sort(byNumber);
}

export function createDisk(storage: StoragePort, syncer: Syncer, maxBytes: number): Disk {
  const sizes: { [name: string]: number } = {};
  let used = 0;
  let leavingBytes = 0;
  let failed = 0;
  let leaving: Leaving[] = [];
  let removed: Leaving[] = [];
  const first = storage.list();
  for (let i = 0; i < first.length; i++) {
    sizes[first[i]] = storage.size(first[i]);
    used += sizes[first[i]];
  }
  const sizeOf = function (name: string): number {
    return sizes[name] || 0;
  };
  const append = function (name: string, out: ByteBuffer, from: number, always: boolean): boolean {
    const length = out.size - from;
    if (!always && used + length > maxBytes) return false;
    if (!storage.append(name, out.bytes.subarray(from, out.size))) {
      failed += 1;
      return false;
    }
    sizes[name] = sizeOf(name) + length;
    used += length;
    return true;
  };
  const removeNow = function (name: string): void {
    storage.remove(name);
    used -= sizeOf(name);
    leavingBytes -= sizeOf(name);
    delete sizes[name];
    removed.push({ name: name, stamp: syncer.stamp() });
    syncer.request();
  };
  const removeLater = function (name: string): void {
    leavingBytes += sizeOf(name);
    leaving.push({ name: name, stamp: syncer.stamp() });
    syncer.request();
  };
  const sweep = function (): void {
    const kept: Leaving[] = [];
    for (let i = 0; i < leaving.length; i++) {
      if (syncer.isDurable(leaving[i].stamp)) removeNow(leaving[i].name);
      else kept.push(leaving[i]);
    }
    leaving = kept;
    removed = removed.filter(function (item) {
      return !syncer.isDurable(item.stamp);
    });
  };
  return {
    maxBytes: maxBytes,
    sizeOf: sizeOf,
    append: append,
    removeLater: removeLater,
    sweep: sweep,
    used: function (): number {
      return used;
    },
    isGone: function (name: string): boolean {
      const isIt = function (item: Leaving): boolean {
        return item.name === name;
      };
      return !leaving.some(isIt) && !removed.some(isIt);
    },
    leaving: function (): number {
      return leavingBytes;
    },
    failures: function (): number {
      return failed;
    },
    read: function (name: string, offset: number, length: number): Uint8Array | null {
      return storage.read(name, offset, length);
    },
    readAll: function (name: string): Uint8Array | null {
      return storage.read(name, 0, sizeOf(name));
    },
    names: function (): string[] {
      return Object.keys(sizes);
    },
    numbered: function (prefix: string): Numbered[] {
      return numberedOf(Object.keys(sizes), prefix);
    },
  };
}
