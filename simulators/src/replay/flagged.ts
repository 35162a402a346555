import type { Model } from '@usewire/protocol/model';
import type { Action } from './recording.ts';

interface Bounded {
  range?: readonly [number, number];
  outside?: string;
}

/** Records with a value that the model keeps although it lies outside its range: impossible heart rates and the like. */
export function countFlagged(actions: readonly Action[], model: Model): number {
  return actions.filter((action) => isFlagged(action, model)).length;
}

function isFlagged(action: Action, model: Model): boolean {
  const point = model.points[action.point];
  if (!point) {
    return false;
  }
  if (action.form === 'sample') {
    return isOutside(point, action.value);
  }
  const attributes = Object.entries(action.attributes ?? {});
  const value = action.form === 'record' ? action.value : undefined;
  return (
    isOutside(point, value) ||
    attributes.some(
      ([name, given]) => point.attributes[name] !== undefined && isOutside(point.attributes[name], given),
    )
  );
}

function isOutside(bounded: Bounded, value: unknown): boolean {
  return (
    bounded.outside === 'keep' &&
    bounded.range !== undefined &&
    typeof value === 'number' &&
    (value < bounded.range[0] || value > bounded.range[1])
  );
}
