import { bitsFor } from '../wire/index.ts';
import type { RecordEntry } from './entry.ts';
import type { FieldTable, ModelTable } from './table.ts';

/** How the packed form writes an int (SPEC.md, Packed): bits of value - min where 0 or more, else exponential Golomb of zigzag ... */
export const SIGNED_GOLOMB = -1;
/** ... or of the value itself, which never goes below 0. */
export const UNSIGNED_GOLOMB = -2;

/** Wider ranges are written like numbers without a range, so that a range code fits 32 bits on every board. */
const maxCodes = 4294967296;

/** Bits of an enum or an int in the packed form, or one of the two negatives. */
export function packedBits(field: FieldTable): number {
  const min = field.min as number;
  const isRefused = field.outside === 'refuse';
  const codes = field.labels ? field.labels.length : (field.max as number) - min + (isRefused ? 1 : 2);
  // What is undefined gives a number that is not less than any.
  if (codes <= maxCodes) return bitsFor(codes);
  return min >= 0 && isRefused ? UNSIGNED_GOLOMB : SIGNED_GOLOMB;
}

/** Bits of a point's index in the packed form. */
export const packedPointBits = (table: ModelTable): number => bitsFor(table.points.length);

/** Ticks of columns and packed records in ms, by their index on the wire. */
export const tickMs = [1, 10, 100, 1000, 10000, 60000];

/** The largest tick that the times of all these records, taken from the base, are multiples of. */
export function commonTick(records: RecordEntry[], baseMs: number): number {
  let tick = 5;
  records.forEach((entry) => {
    while (tick > 0 && (entry.atMs - baseMs) % tickMs[tick] > 0) tick--;
  });
  return tick;
}
