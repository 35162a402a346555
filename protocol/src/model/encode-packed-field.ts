import {
  type BitWriter,
  bitsFor,
  limits,
  type RiceState,
  riceStart,
  riceState,
  utf8Length,
  utf8Write,
  zigzag,
  zigzagMax,
} from '../wire/index.ts';
import { packedBits, SIGNED_GOLOMB, UNSIGNED_GOLOMB } from './encode-layout.ts';
import type { RawValue } from './entry.ts';
import type { FieldTable } from './table.ts';

/*
 * A value that has no packed code (POU-PACK-5) makes the writer overflow, as one that does not fit does: the sender then uses the plain form.
 */

function isCodable(value: number): boolean {
  return value <= zigzagMax && value >= -zigzagMax;
}

function packSigned(out: BitWriter, value: number, k: number): void {
  if (isCodable(value)) out.eg(zigzag(value), k);
  else out.overflowed = true;
}

export function packInt(out: BitWriter, field: FieldTable, value: number): void {
  const bits = packedBits(field);
  const min = field.min as number;
  const max = field.max as number;
  if (bits === UNSIGNED_GOLOMB) {
    if (value >= 0 && value < limits.maxInt) out.eg(value, 4);
    else out.overflowed = true;
  } else if (bits === SIGNED_GOLOMB) packSigned(out, value, 4);
  else if (isCodable(value) && value >= min && value <= max) out.bits(value - min, bits);
  else if (isCodable(value) && field.outside === 'keep') {
    out.bits(max - min + 1, bits);
    packSigned(out, value, 8);
  } else out.overflowed = true;
}

/** What a delta field of a point keeps from record to record within one message. */
export interface DeltaState {
  last: number;
  rice: RiceState;
}

/** The delta states of a point, and which of its fields this is; `states[index]` is made by the field's first value. */
interface FieldPlace {
  states: DeltaState[];
  index: number;
}

/** Zigzag of the difference to the value before. */
export function packDifference(out: BitWriter, difference: number, rice: RiceState): void {
  if (isCodable(difference)) out.rice(zigzag(difference), rice);
  else out.overflowed = true;
}

function packDelta(out: BitWriter, field: FieldTable, value: number, at: FieldPlace): void {
  const state = at.states[at.index];
  if (state === undefined) {
    at.states[at.index] = { last: value, rice: riceState(riceStart.difference) };
    packInt(out, field, value);
    return;
  }
  if (isCodable(value)) packDifference(out, value - state.last, state.rice);
  else out.overflowed = true;
  state.last = value;
}

function packBlob(out: BitWriter, bytes: Uint8Array): void {
  out.eg(bytes.length, 3);
  out.octets(bytes);
}

function packText(out: BitWriter, text: string): void {
  const bytes = new Uint8Array(utf8Length(text));
  utf8Write(text, bytes, 0);
  packBlob(out, bytes);
}

function packLocation(out: BitWriter, numbers: number[]): void {
  packSigned(out, numbers[0], 20);
  packSigned(out, numbers[1], 20);
  out.bits(numbers.length - 2, 1);
  if (numbers.length > 2) out.eg(numbers[2], 4);
}

/** [count, sum, min, max, scale exponent, zero count, offset, buckets...]: which of them may be negative. */
const signed = [false, true, true, true, true, false, true];

function packHistogram(out: BitWriter, numbers: number[]): void {
  out.eg(numbers.length - signed.length, 3);
  for (let i = 0; i < numbers.length; i++) {
    if (signed[i] || !isCodable(numbers[i])) packSigned(out, numbers[i], 4);
    else out.eg(numbers[i], 4);
  }
}

function packEnum(out: BitWriter, field: FieldTable, value: number): void {
  const labels = field.labels ? field.labels.length : 0;
  if (value < labels) out.bits(value, bitsFor(labels));
  else out.overflowed = true;
}

/** Any field of a record. */
export function packField(out: BitWriter, field: FieldTable, value: RawValue, at: FieldPlace): void {
  if (field.optional) out.bits(value === null ? 0 : 1, 1);
  if (value === null) out.overflowed = out.overflowed || !field.optional;
  else if (typeof value === 'boolean') out.bits(value ? 1 : 0, 1);
  else if (typeof value === 'string') packText(out, value);
  else if (field.type === 'enum') packEnum(out, field, value as number);
  else if (field.type === 'location') packLocation(out, value as number[]);
  else if (field.type === 'histogram') packHistogram(out, value as number[]);
  else if (typeof value !== 'number') packBlob(out, value as Uint8Array);
  else if (field.delta) packDelta(out, field, value, at);
  else packInt(out, field, value);
}
