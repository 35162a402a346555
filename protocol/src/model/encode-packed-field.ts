import { type BitWriter, type RiceState, riceStart, zigzag } from '../wire/index.ts';
import { maxInt } from '../wire/limits.ts';
import { utf8Bytes } from '../wire/utf8.ts';
import { packedBits, UNSIGNED_GOLOMB } from './encode-layout.ts';
import type { RawValue } from './entry.ts';
import type { FieldTable } from './table.ts';

/*
 * A value that has no packed code (POU-PACK-5) makes the writer overflow, as one that does not fit does: the sender then uses the plain form.
 */

/** Whether zigzag has a code for it that exponential Golomb has one for. */
export const isCodable = (value: number): boolean => zigzag(value) < maxInt;

function packUnsigned(out: BitWriter, value: number, k: number): void {
  if (value >= 0 && value < maxInt) out.eg(value, k);
  else out.overflowed = true;
}

const packSigned = (out: BitWriter, value: number, k: number): void => packUnsigned(out, zigzag(value), k);

function packInt(out: BitWriter, field: FieldTable, value: number): void {
  const bits = packedBits(field);
  const min = field.min || 0;
  const codes = field.labels ? field.labels.length : (field.max as number) - min + 1;
  if (bits === UNSIGNED_GOLOMB) packUnsigned(out, value, 4);
  else if (bits < 0) packSigned(out, value, 4);
  else if (isCodable(value) && value >= min && value - min < codes) out.bits(value - min, bits);
  else if (field.outside === 'keep') {
    out.bits(codes, bits);
    packSigned(out, value, 8);
  } else out.overflowed = true;
}

/** What a series, or a delta field of a point, keeps from value to value within one message. */
export interface DeltaState extends RiceState {
  last: number;
}

/** The first value whole, later ones as zigzag of the difference to the one before. The state for the next. */
export function packDelta(
  out: BitWriter,
  field: FieldTable,
  value: number,
  state: DeltaState | undefined,
): DeltaState {
  if (state === undefined) {
    packInt(out, field, value);
    return { a: riceStart.difference, n: 1, last: value };
  }
  const difference = value - state.last;
  state.last = value;
  if (isCodable(difference)) out.rice(zigzag(difference), state);
  else out.overflowed = true;
  return state;
}

function packBlob(out: BitWriter, bytes: Uint8Array): void {
  out.eg(bytes.length, 3);
  out.octets(bytes);
}

function packLocation(out: BitWriter, numbers: number[]): void {
  packSigned(out, numbers[0], 20);
  packSigned(out, numbers[1], 20);
  out.bits(numbers.length - 2, 1);
  if (numbers.length > 2) packUnsigned(out, numbers[2], 4);
}

/** [count, sum, min, max, scale exponent, zero count, offset, buckets...]: those from sum to exponent and the offset may be negative. */
function packHistogram(out: BitWriter, numbers: number[]): void {
  out.eg(numbers.length - 7, 3);
  numbers.forEach((value, i) => {
    if ((i > 0 && i < 5) || i === 6 || !isCodable(value)) packSigned(out, value, 4);
    else packUnsigned(out, value, 4);
  });
}

/** Any field of a record but a delta field that has a value. */
export function packField(out: BitWriter, field: FieldTable, value: RawValue): void {
  if (value === null) out.overflowed = out.overflowed || !field.optional;
  else if (typeof value === 'boolean') out.bits(value ? 1 : 0, 1);
  else if (typeof value === 'string') packBlob(out, utf8Bytes(value));
  else if (typeof value === 'number') packInt(out, field, value);
  else if (field.type === 'location') packLocation(out, value as number[]);
  else if (field.type === 'histogram') packHistogram(out, value as number[]);
  else packBlob(out, value as Uint8Array);
}
