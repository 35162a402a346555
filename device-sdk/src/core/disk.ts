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
  /**
   * The same, and not before the removals that wait now are durable. For messages: their journal must not come back without them, or its
   * rows would become messages once more.
   */
  removeLast(name: string): void;
  /** Overwrites `name` once everything written up to now is durable, and removes it once that is. */
  wipeLater(name: string): void;
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
  /** Removed after these are gone; null: after nothing. */
  after: string[] | null;
  /** To be overwritten before. */
  holdsBytes: boolean;
}

function isNamed(items: Leaving[], name: string): boolean {
  for (let i = 0; i < items.length; i++) {
    if (items[i].name === name) return true;
  }
  return false;
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
  const removeNow = function (item: Leaving): void {
    const name = item.name;
    storage.remove(name);
    used -= sizeOf(name);
    leavingBytes -= sizeOf(name);
    delete sizes[name];
    removed.push({ name: name, stamp: syncer.stamp(), after: item.after, holdsBytes: false });
    syncer.request();
  };
  const removeAfter = function (name: string, after: string[] | null): void {
    leavingBytes += sizeOf(name);
    leaving.push({ name: name, stamp: syncer.stamp(), after: after, holdsBytes: false });
    syncer.request();
  };
  /** Not removed at once: the zeros would be dropped with the name, and the bytes would stay where they are. */
  const wipe = function (item: Leaving): void {
    item.holdsBytes = !storage.wipe(item.name);
    if (item.holdsBytes) failed += 1;
    item.stamp = syncer.stamp();
    syncer.request();
    leaving.push(item);
  };
  const isGone = function (name: string): boolean {
    return !isNamed(leaving, name) && !isNamed(removed, name);
  };
  const sweep = function (): void {
    removed = removed.filter(function (item) {
      return !syncer.isDurable(item.stamp);
    });
    const due = leaving.filter(function (item) {
      return syncer.isDurable(item.stamp) && (item.after === null || item.after.every(isGone));
    });
    leaving = leaving.filter(function (item) {
      return due.indexOf(item) < 0;
    });
    for (let i = 0; i < due.length; i++) {
      if (due[i].holdsBytes) wipe(due[i]);
      else removeNow(due[i]);
    }
  };
  return {
    maxBytes: maxBytes,
    sizeOf: sizeOf,
    append: append,
    removeLater: function (name: string): void {
      removeAfter(name, null);
    },
    removeLast: function (name: string): void {
      // Not after each other: one sync serves all of them.
      const before = leaving.concat(removed).filter(function (item) {
        return item.after === null;
      });
      removeAfter(
        name,
        before.map(function (item) {
          return item.name;
        }),
      );
    },
    wipeLater: function (name: string): void {
      if (!isNamed(leaving, name)) removeAfter(name, null);
      for (let i = 0; i < leaving.length; i++) {
        if (leaving[i].name !== name) continue;
        leaving[i].after = null;
        leaving[i].holdsBytes = true;
        leaving[i].stamp = syncer.stamp();
      }
    },
    isGone: isGone,
    sweep: sweep,
    used: function (): number {
      return used;
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
