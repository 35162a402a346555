import type { ModelFault } from '../model/fault.ts';
import type { Loose } from '../model/fault-checks.ts';
import { findModelFaults } from '../model/find-faults.ts';

/**
 * Everything that is wrong with a model, in reading order: where (`points.heart_rate.range`), a stable code, one sentence. None = right.
 * Takes anything: plain JavaScript may build what the compiler would refuse.
 */
export function checkModel(model: unknown): ModelFault[] {
  const isObject = typeof model === 'object' && model !== null;
  return findModelFaults((isObject ? model : {}) as Loose);
}
