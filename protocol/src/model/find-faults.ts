import type { ModelFault } from './fault.ts';

/** All faults of a model, in reading order. */
export function findModelFaults(_model: { [key: string]: unknown }): ModelFault[] {
  return [];
}
