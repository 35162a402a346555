import { Code } from '../wire/index.ts';
import type { FieldPlan } from './compile-fields.ts';
import { type Cursor, refuseAt } from './decode-cursor.ts';

// `start` is where the item that is refused begins.

/** Degrees in steps of 1e-7. */
const maxLatitude = 900_000_000;
const maxLongitude = 1_800_000_000;

export interface LocationNumbers {
  latitude: number;
  longitude: number;
  accuracy: number;
}

export function checkLocation(c: Cursor, field: FieldPlan, at: LocationNumbers, start: number): void {
  if (Math.abs(at.latitude) > maxLatitude)
    refuseAt(c, start, Code.outOfRange, `${field.name} has a latitude beyond 90 degrees`);
  if (Math.abs(at.longitude) > maxLongitude) {
    refuseAt(c, start, Code.outOfRange, `${field.name} has a longitude beyond 180 degrees`);
  }
  if (at.accuracy < 0) refuseAt(c, start, Code.outOfRange, `${field.name} has an accuracy below 0`);
}

/** [count, sum, min, max, scale exponent, zero count, offset] of an exponential histogram. */
export function checkHistogram(c: Cursor, field: FieldPlan, head: Float64Array, start: number): void {
  if (head[0]! < 0 || head[5]! < 0) refuseAt(c, start, Code.outOfRange, `${field.name} has a count below 0`);
  if (head[2]! > head[3]!)
    refuseAt(c, start, Code.outOfRange, `${field.name} has a least value above its greatest`);
}
