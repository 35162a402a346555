import { Code, decodeTree, failure, type Result, success, type Tree, type TreeMap } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { isNamedMap } from './describe.ts';

/**
 * `isNamed`: a list of entries with names that was a map. A name that is there twice, or is none, is lost: such bytes were never a
 * model's, and `decodeModel` finds that they would not be written again.
 */
function restore(tree: Tree, isNamed: boolean): Tree {
  if (typeof tree !== 'object' || tree instanceof Uint8Array) return tree;
  const source = tree as TreeMap;
  const isList = Array.isArray(tree);
  const list: Tree[] = [];
  const map: TreeMap = {};
  const keys = Object.keys(source);
  for (let i = 0; i < keys.length; i++) {
    const item = restore(source[keys[i]], !isList && isNamedMap(keys[i])) as TreeMap;
    if (!isList) map[keys[i]] = item;
    else if (!isNamed) list.push(item);
    else if (typeof item.name === 'string') {
      map[item.name] = item;
      delete (item as { name?: Tree }).name;
    }
  }
  return isList && !isNamed ? list : map;
}

/** A description leaves out what a model does not have. */
function hasNull(tree: Tree): boolean {
  if (typeof tree !== 'object' || tree instanceof Uint8Array) return tree === undefined;
  return Object.keys(tree).some((key) => hasNull((tree as TreeMap)[key]));
}

/** The model that a description is of; null where it is no map. Only the form is looked at. */
export function modelOf(tree: Tree): Model | null {
  if (typeof tree !== 'object' || Array.isArray(tree) || tree instanceof Uint8Array) return null;
  return restore(tree, false) as unknown as Model;
}

/**
 * The model of a description that was accepted before and kept with its hash. Only the form is checked, not the meaning: data of a model
 * must stay readable when later versions of `checkModel` refuse what this one took. For bytes from elsewhere: `decodeModel`.
 */
export function restoreModel(bytes: Uint8Array): Result<Model> {
  const tree = decodeTree(bytes);
  if (tree === null) return failure(Code.malformed, 0, 'not deterministic CBOR');
  if (hasNull(tree)) return failure(Code.schema, 0, 'a model has no null');
  const model = modelOf(tree);
  return model === null ? failure(Code.schema, 0, 'a model is a map') : success(model);
}
