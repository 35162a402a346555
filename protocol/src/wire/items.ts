import { Code } from './codes.ts';
import { Major } from './head-reader.ts';
import { limits } from './limits.ts';
import type { Reader } from './reader.ts';
import { utf8Length } from './utf8.ts';
import type { Writer } from './writer.ts';

/** How one thing inside a message is read and written. Reading refuses through the reader; writing a wrong value throws. */
export interface ItemType<T> {
  read(reader: Reader): T;
  write(writer: Writer, value: T): void;
}

/** Containers around an item of a message's map: the map itself. */
export const messageDepth = 1;

function bug(what: string, value: unknown): void {
  throw new Error('cannot encode ' + what + ': ' + String(value));
}

export function uintItem(min: number, max: number): ItemType<number> {
  return {
    read: function (reader: Reader): number {
      const at = reader.at;
      const value = reader.uint(max);
      if (value < min && reader.code === 0) reader.fail(Code.schema, at, 'smaller than ' + min);
      return value;
    },
    write: function (writer: Writer, value: number): void {
      if (!(value >= min && value <= max)) bug('an integer outside ' + min + '..' + max, value);
      writer.uint(value);
    },
  };
}

export const u32Item = uintItem(0, limits.maxU32);
export const msItem = uintItem(0, limits.maxInt);
export const subjectItem = uintItem(0, limits.maxSubject);

export const boolItem: ItemType<boolean> = {
  read: function (reader: Reader): boolean {
    return reader.bool();
  },
  write: function (writer: Writer, value: boolean): void {
    writer.bool(value);
  },
};

export function bytesItem(min: number, max: number): ItemType<Uint8Array> {
  return {
    read: function (reader: Reader): Uint8Array {
      return reader.byteString(min, max);
    },
    write: function (writer: Writer, value: Uint8Array): void {
      if (!(value.length >= min && value.length <= max))
        bug('bytes of length outside ' + min + '..' + max, value.length);
      writer.bytes(value);
    },
  };
}

export function textItem(min: number, max: number): ItemType<string> {
  return {
    read: function (reader: Reader): string {
      return reader.text(min, max);
    },
    write: function (writer: Writer, value: string): void {
      const length = utf8Length(value);
      if (length < min || length > max) bug('text of UTF-8 length outside ' + min + '..' + max, value);
      writer.text(value);
    },
  };
}

export function arrayItem<T>(item: ItemType<T>, min: number, max: number): ItemType<T[]> {
  return {
    read: function (reader: Reader): T[] {
      const count = reader.arrayHead(min, max);
      const items: T[] = [];
      for (let i = 0; i < count && reader.code === 0; i++) items.push(item.read(reader));
      return items;
    },
    write: function (writer: Writer, value: T[]): void {
      if (value.length < min || value.length > max)
        bug('an array of length outside ' + min + '..' + max, value.length);
      writer.arrayHead(value.length);
      for (let i = 0; i < value.length; i++) item.write(writer, value[i]);
    },
  };
}

/** Keys are unsigned integers; JavaScript gives them back as texts. */
export interface UintMap<T> {
  [key: number]: T;
}

function sortedKeys(map: UintMap<unknown>): number[] {
  const keys: number[] = [];
  for (const key in map) keys.push(Number(key));
  return keys.sort(function (a, b) {
    return a - b;
  });
}

export function uintMapItem<T>(item: ItemType<T>, minPairs: number): ItemType<UintMap<T>> {
  return {
    read: function (reader: Reader): UintMap<T> {
      const map: UintMap<T> = {};
      const count = reader.mapHead(minPairs);
      let key = 0;
      for (let i = 0; i < count && reader.code === 0; i++) {
        const at = reader.at;
        key = reader.keyAfter(key, i === 0);
        if (key < 0 || key > limits.maxU32) reader.fail(Code.schema, at, 'key outside 0..2^32-1');
        map[key] = item.read(reader);
      }
      return map;
    },
    write: function (writer: Writer, value: UintMap<T>): void {
      const keys = sortedKeys(value);
      if (keys.length < minPairs || keys.length > limits.maxMapPairs) bug('a map of pairs', keys.length);
      writer.mapHead(keys.length);
      for (let i = 0; i < keys.length; i++) {
        if (!(keys[i] <= limits.maxU32)) bug('a map key', keys[i]);
        writer.uint(keys[i]);
        item.write(writer, value[keys[i]]);
      }
    },
  };
}

/** Boot counter, or the 8 bytes of a random boot id. */
export type Boot = number | Uint8Array;

export const bootItem: ItemType<Boot> = {
  read: function (reader: Reader): Boot {
    return reader.peekMajor() === Major.bytes ? reader.byteString(8, 8) : reader.uint(limits.maxU32);
  },
  write: function (writer: Writer, value: Boot): void {
    if (typeof value === 'number') u32Item.write(writer, value);
    else bytesItem(8, 8).write(writer, value);
  },
};

/** Wall clock at the uptime of label 3. Quality: 0 unknown, 1 free running, 2 synced > 24 h ago, 3 synced, 4 synced < 100 ms. */
export interface Clock {
  unixMs: number;
  quality: number;
  /** Error bound in ms. */
  boundMs?: number;
}

const qualityItem = uintItem(0, 4);

export const clockItem: ItemType<Clock> = {
  read: function (reader: Reader): Clock {
    const count = reader.arrayHead(2, 3);
    const clock: Clock = { unixMs: msItem.read(reader), quality: qualityItem.read(reader) };
    if (count === 3) clock.boundMs = msItem.read(reader);
    return clock;
  },
  write: function (writer: Writer, value: Clock): void {
    writer.arrayHead(value.boundMs === undefined ? 2 : 3);
    msItem.write(writer, value.unixMs);
    qualityItem.write(writer, value.quality);
    if (value.boundMs !== undefined) msItem.write(writer, value.boundMs);
  },
};

/** [first, last] of both ends included, in ms or in sequence numbers. */
export type Range = [number, number];

export function rangeItem(max: number): ItemType<Range> {
  const bound = uintItem(0, max);
  return {
    read: function (reader: Reader): Range {
      const at = reader.at;
      reader.arrayHead(2, 2);
      const first = bound.read(reader);
      const last = bound.read(reader);
      if (first > last && reader.code === 0) reader.fail(Code.schema, at, 'range ends before it starts');
      return [first, last];
    },
    write: function (writer: Writer, value: Range): void {
      if (value[0] > value[1]) bug('a range that ends before it starts', value);
      writer.arrayHead(2);
      bound.write(writer, value[0]);
      bound.write(writer, value[1]);
    },
  };
}
