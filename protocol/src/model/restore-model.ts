import type { Tree, TreeMap } from '../wire/index.ts';
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

/** The model that a description is of; null where it is no map. Only the form is looked at. */
export function modelOf(tree: Tree): Model | null {
  if (typeof tree !== 'object' || Array.isArray(tree) || tree instanceof Uint8Array) return null;
  return restore(tree, false) as unknown as Model;
}
