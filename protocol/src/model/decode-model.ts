import { Code, failure, Reader, type Result, sameBytes, success } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { encodeModel, maxModelBytes } from './describe.ts';
import type { Loose } from './fault-checks.ts';
import { findModelFaults } from './find-faults.ts';
import { readTree } from './read-tree.ts';
import { modelOf } from './restore-model.ts';

/** The model of a canonical description. Refuses what `checkModel` finds fault with, and bytes that `encodeModel` would not have made. */
export function decodeModel(bytes: Uint8Array): Result<Model> {
  if (bytes.length > maxModelBytes) {
    return failure(Code.tooLarge, 0, 'a model has at most ' + maxModelBytes + ' bytes');
  }
  const reader = new Reader(bytes);
  const tree = readTree(reader, 0);
  reader.finish();
  if (reader.code !== 0) {
    return { ok: false, error: reader.failure() };
  }
  const model = modelOf(tree);
  if (model === null) {
    return failure(Code.schema, 0, 'a model is a map');
  }
  const faults = findModelFaults(model as unknown as Loose);
  if (faults.length > 0) {
    return failure(Code.schema, 0, faults[0].path + ': ' + faults[0].message);
  }
  return sameBytes(encodeModel(model), bytes)
    ? success(model)
    : failure(Code.notDeterministic, 0, 'the description is not in canonical order');
}
