import { type Tree, type TreeMap, Writer, writeTree } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { type Draft, eachOf } from './draft.ts';
import { sha256 } from './sha256.ts';

/** A description travels in one message; a model that is larger is refused by `encodeModel`. */
export const maxModelBytes = 65536;

/** Maps whose order of declaration is part of the contract travel as lists: a CBOR map has one order only. */
const namedMaps = ' purposes points attributes config commands arguments ';

export const isNamedMap = (key: string): boolean => namedMaps.indexOf(' ' + key + ' ') >= 0;

const idOf = (entry: Tree): number => (entry as TreeMap).id as number;

/** `isNamed`: a map that becomes a list of its entries, which take their names with them. */
function describe(value: unknown, isNamed: boolean): Tree {
  if (typeof value !== 'object' || value instanceof Uint8Array) return value as Tree;
  const isList = isNamed || Array.isArray(value);
  const list: Tree[] = [];
  const map: TreeMap = {};
  eachOf(value as Draft, (key, member) => {
    if (member === undefined) return;
    const item = describe(member, !isList && isNamedMap(key));
    if (isNamed) (item as TreeMap).name = key;
    if (isList) list.push(item);
    else map[key] = item;
  });
  return isList ? list : map;
}

/**
 * Canonical description: deterministic CBOR, points, settings and commands by id, everything else in order of declaration.
 * Two models with the same bytes mean the same.
 */
export function encodeModel(model: Model): Uint8Array {
  const tree = describe(model, false) as TreeMap;
  ['points', 'config', 'commands'].forEach((key) => {
    (tree[key] as Tree[]).sort((a, b) => idOf(a) - idOf(b));
  });
  const out = new Writer(maxModelBytes);
  writeTree(out, tree);
  if (out.overflowed)
    throw new Error(model.product + ': its description is larger than ' + maxModelBytes + ' bytes');
  return out.finish();
}

/** SHA-256 of the canonical description (32 bytes). Hello carries the first 8 bytes of it, data the first 4. */
export function modelHash(model: Model): Uint8Array {
  return sha256(encodeModel(model));
}
