import { Code, decodeTree, failure, type Result, success, type Tree, type TreeMap } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { isNamedMap } from './describe.ts';

/** A list of entries with names as the map it was. A name that is there twice, or no name, is lost: such bytes were never a model's. */
function mapOf(list: Tree[]): TreeMap {
  const map: TreeMap = {};
  for (let i = 0; i < list.length; i++) {
    const entry = restore(list[i]) as TreeMap;
    const name = entry.name;
    delete entry.name;
    if (typeof name === 'string') map[name] = entry;
  }
  return map;
}

function restoreMap(source: TreeMap): TreeMap {
  const out: TreeMap = {};
  const keys = Object.keys(source);
  for (let i = 0; i < keys.length; i++) {
    const value = source[keys[i]];
    out[keys[i]] = isNamedMap(keys[i]) && Array.isArray(value) ? mapOf(value) : restore(value);
  }
  return out;
}

function restore(tree: Tree): Tree {
  if (typeof tree !== 'object' || tree instanceof Uint8Array) {
    return tree;
  }
  if (!Array.isArray(tree)) {
    return restoreMap(tree);
  }
  const list: Tree[] = [];
  for (let i = 0; i < tree.length; i++) {
    list.push(restore(tree[i]));
  }
  return list;
}

/** The model that a description is of; null where it is no map. Only the form is looked at. */
export function modelOf(tree: Tree): Model | null {
  if (typeof tree !== 'object' || Array.isArray(tree) || tree instanceof Uint8Array) return null;
  return restoreMap(tree) as unknown as Model;
}

/**
 * The model of a description that was accepted before and kept with its hash. Only the form is checked, not the meaning: data of a model
 * must stay readable when later versions of `checkModel` refuse what this one took. For bytes from elsewhere: `decodeModel`.
 */
export function restoreModel(bytes: Uint8Array): Result<Model> {
  const tree = decodeTree(bytes);
  if (tree === null) return failure(Code.malformed, 0, 'not deterministic CBOR');
  const model = modelOf(tree);
  return model === null ? failure(Code.schema, 0, 'a model is a map') : success(model);
}
