import { type Tree, type TreeMap, Writer, writeTree } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { sha256 } from './sha256.ts';

/** A description travels in one message; a model that is larger is refused by `encodeModel`. */
export const maxModelBytes = 65536;

/** Maps whose order of declaration is part of the contract travel as lists: a CBOR map has one order only. */
const namedMaps = ' purposes points attributes config commands arguments ';

export function isNamedMap(key: string): boolean {
  return namedMaps.indexOf(' ' + key + ' ') >= 0;
}

function byId(a: Tree, b: Tree): number {
  return ((a as TreeMap).id as number) - ((b as TreeMap).id as number);
}

function listOf(map: { [name: string]: unknown }): Tree[] {
  const names = Object.keys(map);
  const list: Tree[] = [];
  for (let i = 0; i < names.length; i++) {
    const item = describe(map[names[i]]) as TreeMap;
    item.name = names[i];
    list.push(item);
  }
  return list;
}

function describeMap(source: { [key: string]: unknown }): TreeMap {
  const out: TreeMap = {};
  const keys = Object.keys(source);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const value = source[key];
    if (value === undefined) {
      continue;
    }
    if (isNamedMap(key)) {
      out[key] = listOf(value as { [name: string]: unknown });
    } else {
      out[key] = describe(value);
    }
  }
  return out;
}

function describe(value: unknown): Tree {
  if (typeof value !== 'object' || value instanceof Uint8Array) {
    return value as Tree;
  }
  if (Array.isArray(value)) {
    const list: Tree[] = [];
    for (let i = 0; i < value.length; i++) {
      list.push(describe(value[i]));
    }
    return list;
  }
  return describeMap(value as { [key: string]: unknown });
}

/**
 * Canonical description: deterministic CBOR, points, settings and commands by id, everything else in order of declaration.
 * Two models with the same bytes mean the same.
 */
export function encodeModel(model: Model): Uint8Array {
  const tree = describeMap(model as unknown as { [key: string]: unknown });
  (tree.points as Tree[]).sort(byId);
  (tree.config as Tree[]).sort(byId);
  (tree.commands as Tree[]).sort(byId);
  const out = new Writer(maxModelBytes);
  writeTree(out, tree);
  if (out.overflowed) {
    throw new Error(
      model.product + ': the description is larger than ' + maxModelBytes + ' bytes; shorten descriptions',
    );
  }
  return out.finish();
}

/** SHA-256 of the canonical description (32 bytes). Hello carries the first 8 bytes of it, data the first 4. */
export function modelHash(model: Model): Uint8Array {
  return sha256(encodeModel(model));
}
