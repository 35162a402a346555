import { Code, failure, type Result } from '../wire/index.ts';
import type { Model } from './definition.ts';
import { encodeModel } from './describe.ts';
import type { Loose } from './fault-checks.ts';
import { findModelFaults } from './find-faults.ts';
import { restoreModel } from './restore-model.ts';

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) {
    return false;
  }
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) {
      return false;
    }
  }
  return true;
}

/** The model of a canonical description. Refuses what `product()` would, and bytes that `encodeModel` would not have made. */
export function decodeModel(bytes: Uint8Array): Result<Model> {
  const restored = restoreModel(bytes);
  if (!restored.ok) {
    return restored;
  }
  const faults = findModelFaults(restored.value as unknown as Loose);
  if (faults.length > 0) {
    return failure(Code.schema, 0, faults[0].path + ': ' + faults[0].message);
  }
  return sameBytes(encodeModel(restored.value), bytes)
    ? restored
    : failure(Code.notDeterministic, 0, 'the description is not in canonical order');
}
