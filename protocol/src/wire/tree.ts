import { fromHalf } from './float.ts';
import { limits } from './limits.ts';
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

/** Texts stand behind all integers; the negative ones (-1 first) behind the others. */
function rankOf(key: string): number {
  const value = Number(key);
  if (value % 1 !== 0 || Math.abs(value) > limits.maxInt) return Infinity;
  return value < 0 ? limits.maxInt - value : value;
}

/** Bytewise order of encoded keys (RFC 8949 4.2.1): the head of a text carries its length, so shorter ones come first. */
export function compareKeys(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function writeKey(out: Writer, key: string): void {
  if (rankOf(key) < Infinity) out.int(Number(key));
  else out.text(key);
}

/** Writes the members `keys` of a map. Where `rawKey` is a label, what stands there is an encoded item, and numbers are unsigned integers. */
export function writeMap(out: Writer, map: TreeMap, keys: string[], rawKey: number): void {
  keys.sort(compareKeys);
  out.mapHead(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const value = map[key];
    writeKey(out, key);
    if (Number(key) < 0 || Number(key) === rawKey) out.raw(value as Uint8Array);
    else if (rawKey >= 0 && typeof value === 'number') out.uint(value);
    else writeTree(out, value);
  }
}

function writeNumber(out: Writer, value: number): void {
  // + 0: there is no negative zero among integers.
  if (value % 1 === 0 && Math.abs(value) <= limits.maxInt) out.int(value + 0);
  else out.float(value);
}

/** Writes `tree` as deterministic CBOR; numbers without a fraction as integers. */
export function writeTree(out: Writer, tree: Tree): void {
  if (tree === undefined) out.null();
  else if (typeof tree === 'string') out.text(tree);
  else if (typeof tree === 'number') writeNumber(out, tree);
  else if (typeof tree === 'boolean') out.bool(tree);
  else if (tree instanceof Uint8Array) out.bytes(tree);
  else if (Array.isArray(tree)) {
    out.arrayHead(tree.length);
    for (let i = 0; i < tree.length; i++) writeTree(out, tree[i]);
  } else if (tree !== null) writeMap(out, tree, Object.keys(tree), -1);
}

/** Reads without looking at order or shortest forms; null where something is no `Tree`. Never reads or allocates beyond the bytes. */
function readLoosely(bytes: Uint8Array): Tree | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const stop = function (): null {
    at = bytes.length + 1;
    return null;
  };
  const simple = function (info: number, argument: number): Tree | null {
    if (info > 25) return info > 26 ? view.getFloat64(at - 8) : view.getFloat32(at - 4);
    if (info === 25) return fromHalf(argument);
    return info === 22 ? undefined : info === 20 || info === 21 ? info === 21 : null;
  };
  const nested = function (major: number, argument: number, depth: number): Tree | null {
    const left = bytes.length - at;
    if (depth > limits.maxDepth || (major === 5 && argument > limits.maxMapPairs)) return stop();
    if (major < 6 && (argument > left || argument > limits.maxArrayItems)) return stop();
    const list: Tree[] = [];
    const map: TreeMap = {};
    const count = major === 6 ? 1 : argument;
    for (let i = 0; i < count; i++) {
      const key = item(depth) as Tree;
      const start = at;
      if (major < 5) list.push(key);
      else if (major === 5) {
        const value = item(depth) as Tree;
        if (typeof key !== 'object')
          map[String(key)] = (key as number) < 0 ? bytes.subarray(start, at) : value;
      }
    }
    return major === 4 ? list : major === 5 ? map : null;
  };
  const item = function (depth: number): Tree | null {
    const initial = bytes[at++];
    const major = initial >> 5;
    const info = initial & 31;
    let argument = info;
    if (info > 23) {
      argument = 0;
      for (let size = info > 27 ? 0 : 1 << (info - 24); size > 0; size--)
        argument = argument * 256 + bytes[at++];
    }
    if (at > bytes.length || info > 27) return stop();
    if (major === 7) return simple(info, argument);
    if (major > 3) return nested(major, argument, depth + 1);
    if (major < 2) return argument > limits.maxInt - major ? stop() : major === 1 ? -1 - argument : argument;
    if (argument > bytes.length - at) return stop();
    at += argument;
    const content = bytes.subarray(at - argument, at);
    return major === 2 ? content : utf8Text(content);
  };
  const tree = item(0);
  return at === bytes.length && tree !== undefined ? tree : null;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i === a.length && i === b.length;
}

/**
 * One item of at most 262,144 bytes, as strictly as `Reader` reads, in a tenth of its code: what would not be written with the
 * same bytes again is refused (order of keys, shortest forms, duplicates, UTF-8). Null without a reason: for devices. Never throws.
 */
export function decodeTree(bytes: Uint8Array): Tree | null {
  const tree = bytes.length > limits.maxMessageBytes ? null : readLoosely(bytes);
  if (tree === null) return null;
  const out = new Writer(bytes.length);
  writeTree(out, tree);
  return !out.overflowed && sameBytes(out.finish(), bytes) ? tree : null;
}
