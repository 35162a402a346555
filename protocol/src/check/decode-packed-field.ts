import { SIGNED_GOLOMB, UNSIGNED_GOLOMB } from '../model/encode-layout.ts';
import { Code, unzigzag, utf8Fault } from '../wire/index.ts';
import { type FieldPlan, TYPE } from './compile-fields.ts';
import { readBits, readGolomb, readRice, refuseBits } from './decode-bits.ts';
import { judge } from './decode-field.ts';
import { checkHistogram, checkLocation } from './decode-shapes.ts';
import type { DecodeState } from './decode-state.ts';

/** Rice states before those of the delta fields: times, series. */
export const TIME_STATE = 0;
export const SERIES_STATE = 1;
export const FIRST_DELTA_STATE = 2;

/** Judges a number that the bit stream gave; the stream is closed when the model refuses it. */
function judged(s: DecodeState, field: FieldPlan, value: number): number {
  if (value >= field.min && value <= field.max) return value;
  const kept = judge(s, field, value, s.bit >>> 3);
  if (s.code !== 0) s.bit = s.bitEnd;
  return kept;
}

/** An int field that is not a difference. */
export function readPackedInt(s: DecodeState, field: FieldPlan): number {
  if (field.bits === SIGNED_GOLOMB) return judged(s, field, unzigzag(readGolomb(s, 4)));
  if (field.bits === UNSIGNED_GOLOMB) return judged(s, field, readGolomb(s, 4));
  const code = readBits(s, field.bits);
  if (!field.keep || field.min + code <= field.max) return judged(s, field, field.min + code);
  if (field.min + code !== field.max + 1)
    return refuseBits(s, Code.malformed, `${field.name} has no such code`);
  const value = unzigzag(readGolomb(s, 8));
  if (value < field.min || value > field.max || s.code !== 0) return judged(s, field, value);
  return refuseBits(s, Code.notDeterministic, `${field.name} is in its range and yet escaped`);
}

function readDelta(s: DecodeState, field: FieldPlan): number {
  const before = s.deltaLast[field.deltaSlot]!;
  let value = 0;
  if (Number.isNaN(before)) value = readPackedInt(s, field);
  else value = judged(s, field, before + unzigzag(readRice(s, FIRST_DELTA_STATE + field.deltaSlot)));
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    refuseBits(s, Code.outOfRange, `${field.name} is beyond 2^53 - 1`);
  s.deltaLast[field.deltaSlot] = value;
  return value;
}

/** The bytes of a text or byte string. */
export function readPackedBlob(s: DecodeState): Uint8Array {
  const length = readGolomb(s, 3);
  if (length * 8 > s.bitEnd - s.bit) {
    refuseBits(s, Code.malformed, 'the packed records end too early');
    return new Uint8Array(0);
  }
  const blob = new Uint8Array(length);
  for (let i = 0; i < length; i++) blob[i] = readBits(s, 8);
  return blob;
}

function checkBlob(s: DecodeState, field: FieldPlan): void {
  const blob = readPackedBlob(s);
  if (blob.length > field.max)
    refuseBits(s, Code.outOfRange, `${field.name} is longer than ${field.max} bytes`);
  if (field.type === TYPE.text && utf8Fault(blob, 0, blob.length) >= 0) {
    refuseBits(s, Code.malformed, `${field.name} is not UTF-8`);
  }
}

/** [latitude, longitude, ? accuracy]. */
export function readPackedLocation(s: DecodeState): number[] {
  const at = [unzigzag(readGolomb(s, 20)), unzigzag(readGolomb(s, 20))];
  if (readBits(s, 1) === 1) at.push(readGolomb(s, 4));
  return at;
}

const signedHead = [false, true, true, true, true, false, true];

/** [count, sum, min, max, scale exponent, zero count, offset, ...buckets]. */
export function readPackedHistogram(s: DecodeState): number[] {
  const buckets = readGolomb(s, 3);
  if (buckets > s.bitEnd - s.bit) refuseBits(s, Code.malformed, 'the packed records end too early');
  const numbers: number[] = [];
  for (let i = 0; i < 7 + buckets && s.code === 0; i++) {
    const raw = readGolomb(s, 4);
    numbers.push(signedHead[i] ? unzigzag(raw) : raw);
  }
  return numbers;
}

function checkShape(s: DecodeState, field: FieldPlan): void {
  if (field.type === TYPE.location) {
    const [latitude = 0, longitude = 0, accuracy = 0] = readPackedLocation(s);
    checkLocation(s, field, { latitude, longitude, accuracy }, s.bit >>> 3);
  } else if (field.type === TYPE.histogram) {
    checkHistogram(s, field, Float64Array.from(readPackedHistogram(s)), s.bit >>> 3);
  } else checkBlob(s, field);
}

/** One value that is there; the answer is what its column holds. */
function readPresent(s: DecodeState, field: FieldPlan): number {
  if (field.type === TYPE.int) return field.delta ? readDelta(s, field) : readPackedInt(s, field);
  if (field.type === TYPE.enum) return judged(s, field, readBits(s, field.bits));
  if (field.type === TYPE.bool) return readBits(s, 1);
  const start = s.bit;
  checkShape(s, field);
  return start;
}

export function readPackedField(s: DecodeState, field: FieldPlan): number {
  return field.optional && readBits(s, 1) === 0 ? Number.NaN : readPresent(s, field);
}
