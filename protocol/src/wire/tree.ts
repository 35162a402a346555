import { fromHalf } from './float.ts';
import { maxArrayItems, maxDepth, maxInt, maxMapPairs, maxMessageBytes } from './limits.ts';
import { utf8Text } from './utf8.ts';
import { Writer } from './writer.ts';

/**
 * Any item as data. Keys of a map are texts or integers, which JavaScript makes texts of. What stands at a negative key is elective:
 * its encoded item, untouched. `undefined` is CBOR's null: messages and models refuse it, rows that a device keeps for itself use it.
 */
export type Tree = string | number | boolean | undefined | Uint8Array | Tree[] | TreeMap;
export interface TreeMap {
  [key: string]: Tree;
}

const isInt = (value: number): boolean => value % 1 === 0 && Math.abs(value) <= maxInt;

/** Texts stand behind all integers; the negative ones (-1 first) behind the others. */
const rankOf = (key: string): number => {
  const value = Number(key);
  return !isInt(value) ? Infinity : value < 0 ? maxInt - value : value;
};

/** Bytewise order of encoded keys (RFC 8949 4.2.1): the head of a text carries its length, so shorter ones come first. */
export const compareKeys = (a: string, b: string): number =>
  rankOf(a) - rankOf(b) || a.length - b.length || (a < b ? -1 : 1);

/**
 * Writes a map. Where `rawKey` is a label, the map is a message: what stands there is an encoded item, numbers are unsigned integers,
 * what is undefined is left out.
 */
export function writeMap(out: Writer, map: TreeMap, rawKey: number): void {
  const keys = Object.keys(map).filter((key) => rawKey < 0 || map[key] !== undefined);
  out.mapHead(keys.length);
  keys.sort(compareKeys).forEach((key) => {
    const label = Number(key);
    const value = map[key];
    if (isInt(label)) out.int(label);
    else out.text(key);
    if (label < 0 || label === rawKey) out.raw(value as Uint8Array);
    else if (rawKey >= 0 && typeof value === 'number') out.uint(value);
    else writeTree(out, value);
  });
}

/** Writes `tree` as deterministic CBOR; numbers without a fraction as integers. */
export function writeTree(out: Writer, tree: Tree): void {
  if (tree === undefined) out.null();
  else if (typeof tree === 'string') out.text(tree);
  else if (typeof tree === 'boolean') out.bool(tree);
  else if (typeof tree === 'number') {
    if (isInt(tree)) out.int(tree);
    else out.float(tree);
  } else if (tree instanceof Uint8Array) out.bytes(tree);
  else if (Array.isArray(tree)) {
    out.arrayHead(tree.length);
    tree.forEach((item) => {
      writeTree(out, item);
    });
  } else writeMap(out, tree, -1);
}

/**
 * Reads without looking at order or shortest forms: what is no `Tree` becomes one that is written otherwise. Never reads or allocates
 * beyond the bytes; undefined where they end early or go on.
 */
function readLoosely(bytes: Uint8Array): Tree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const stop = (): undefined => {
    at = Infinity;
  };
  const container = (major: number, count: number, depth: number): Tree => {
    const list: Tree[] = [];
    const map: TreeMap = {};
    const most = Math.min(major > 4 ? maxMapPairs : maxArrayItems, bytes.length - at);
    if (depth > maxDepth || count > most) return stop();
    for (let i = 0; i < count; i++) {
      const key = item(depth);
      const start = at;
      if (major < 5) list.push(key);
      else {
        const value = item(depth);
        // An object would be asked for its text, '__proto__' would be no member: left out, they are not written again.
        if (typeof key !== 'object' && key !== '__proto__')
          map[key as string] = (key as number) < 0 ? bytes.subarray(start, at) : value;
      }
    }
    return major > 4 ? map : list;
  };
  const item = (depth: number): Tree => {
    const initial = bytes[at++];
    const major = initial >> 5;
    const info = initial & 31;
    let argument = info;
    if (info > 23) {
      argument = 0;
      for (let size = 1 << (info - 24); size > 0; size--) argument = argument * 256 + bytes[at++];
    }
    if (info > 27 || !(at <= bytes.length)) return stop();
    if (major > 6) {
      if (info > 26) return view.getFloat64(at - 8);
      if (info > 24) return info > 25 ? view.getFloat32(at - 4) : fromHalf(argument);
      return info > 21 ? undefined : info > 20;
    }
    // A tag is no tree, but may stand in what is elective.
    if (major > 5) return depth < maxDepth ? void item(depth + 1) : stop();
    if (major > 3) return container(major, argument, depth + 1);
    if (major < 2) return argument > maxInt - major ? stop() : major > 0 ? -1 - argument : argument;
    at += argument;
    const content = bytes.subarray(at - argument, at);
    return major > 2 ? utf8Text(content) : content;
  };
  const tree = item(0);
  return at === bytes.length ? tree : undefined;
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * One item of at most 262,144 bytes, as strictly as `Reader` reads, in a tenth of its code: what would not be written with the
 * same bytes again is refused (order of keys, shortest forms, duplicates, UTF-8). Null without a reason: for devices. Never throws.
 */
export function decodeTree(bytes: Uint8Array): Tree | null {
  const tree = bytes.length > maxMessageBytes ? undefined : readLoosely(bytes);
  if (tree === undefined) return null;
  const out = new Writer(bytes.length);
  writeTree(out, tree);
  return !out.overflowed && sameBytes(out.finish(), bytes) ? tree : null;
}
