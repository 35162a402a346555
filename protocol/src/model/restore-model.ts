import { Code, failure, Reader, type Result, success } from '../wire/index.ts';
import type { Tree } from './canonical.ts';
import type { Model } from './definition.ts';
import { isNamedMap, maxModelBytes } from './describe.ts';
import { isName } from './fault-checks.ts';
import { readTree } from './read-tree.ts';

type Named = { [key: string]: Tree };

/** A list of entries with names as the map it was; undefined where a name is missing, wrong or there twice. */
function mapOf(list: Tree): Named | undefined {
  if (!Array.isArray(list)) {
    return undefined;
  }
  const map: Named = {};
  const seen: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const entry = restore(list[i]) as Named;
    const name = entry.name;
    if (!isName(name) || seen.indexOf(name) >= 0) {
      return undefined;
    }
    seen.push(name);
    delete entry.name;
    map[name] = entry;
  }
  return map;
}

function restoreMap(source: Named): Named {
  const out: Named = {};
  const keys = Object.keys(source);
  for (let i = 0; i < keys.length; i++) {
    const map = isNamedMap(keys[i]) ? mapOf(source[keys[i]]) : restore(source[keys[i]]);
    if (map !== undefined) {
      out[keys[i]] = map;
    }
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

/**
 * The model of a description that was accepted before and kept with its hash. Only the form is checked, not the meaning: data of a model
 * must stay readable when later versions of `product()` refuse what this one took. For bytes from elsewhere: `decodeModel`.
 */
export function restoreModel(bytes: Uint8Array): Result<Model> {
  if (bytes.length > maxModelBytes) {
    return failure(Code.tooLarge, 0, 'a model has at most ' + maxModelBytes + ' bytes');
  }
  const reader = new Reader(bytes);
  const tree = readTree(reader, 0);
  reader.finish();
  if (reader.code !== 0) {
    return { ok: false, error: reader.failure() };
  }
  if (typeof tree !== 'object' || Array.isArray(tree) || tree instanceof Uint8Array) {
    return failure(Code.schema, 0, 'a model is a map');
  }
  return success(restoreMap(tree) as unknown as Model);
}
