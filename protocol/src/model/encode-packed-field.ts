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

/** Its zigzag code has an exponential Golomb code (POU-PACK-5). */
function codable(value: number): boolean {
  return value <= zigzagMax && value >= -zigzagMax;
}

/** False = this value has no packed code and nothing was written. */
export function packInt(out: BitWriter, field: FieldTable, value: number): boolean {
  const bits = packedBits(field);
  if (bits === UNSIGNED_GOLOMB) {
    if (value < 0 || value >= limits.maxInt) return false;
    out.eg(value, 4);
    return true;
  }
  if (!codable(value)) return false;
  if (bits !== SIGNED_GOLOMB) return packRanged(out, field, { bits: bits, value: value });
  out.eg(zigzag(value), 4);
  return true;
}

function packRanged(out: BitWriter, field: FieldTable, code: { bits: number; value: number }): boolean {
  const min = field.min as number;
  const max = field.max as number;
  if (code.value >= min && code.value <= max) {
    out.bits(code.value - min, code.bits);
    return true;
  }
  if (field.outside === 'refuse') return false;
  out.bits(max - min + 1, code.bits);
  out.eg(zigzag(code.value), 8);
  return true;
}

/** What a delta field of a point keeps from record to record within one message. */
export interface DeltaState {
  last: number;
  rice: RiceState;
}

/** `states[index]` belongs to the field and is made by its first value. */
function packDelta(
  out: BitWriter,
  field: FieldTable,
  at: { states: DeltaState[]; index: number; value: number },
): boolean {
  const state = at.states[at.index];
  if (state === undefined) {
    at.states[at.index] = { last: at.value, rice: riceState(riceStart.difference) };
    return packInt(out, field, at.value);
  }
  const difference = at.value - state.last;
  if (!codable(difference) || !codable(at.value)) return false;
  out.rice(zigzag(difference), state.rice);
  state.last = at.value;
  return true;
}

function packBlob(out: BitWriter, bytes: Uint8Array): boolean {
  out.eg(bytes.length, 3);
  out.octets(bytes);
  return true;
}

function packText(out: BitWriter, text: string): boolean {
  const bytes = new Uint8Array(utf8Length(text));
  utf8Write(text, bytes, 0);
  return packBlob(out, bytes);
}

function packLocation(out: BitWriter, numbers: number[]): boolean {
  out.eg(zigzag(numbers[0]), 20);
  out.eg(zigzag(numbers[1]), 20);
  out.bits(numbers.length > 2 ? 1 : 0, 1);
  if (numbers.length > 2) out.eg(numbers[2], 4);
  return true;
}

/** [count, sum, min, max, scale exponent, zero count, offset]: which of them may be negative. */
const signed = [false, true, true, true, true, false, true];

function packHistogram(out: BitWriter, numbers: number[]): boolean {
  for (let i = 0; i < numbers.length; i++) {
    if (!codable(numbers[i])) return false;
  }
  out.eg(numbers.length - signed.length, 3);
  for (let i = 0; i < numbers.length; i++) out.eg(signed[i] ? zigzag(numbers[i]) : numbers[i], 4);
  return true;
}

function packEnum(out: BitWriter, field: FieldTable, value: number): boolean {
  const labels = field.labels ? field.labels.length : 0;
  if (value >= labels) return false;
  out.bits(value, bitsFor(labels));
  return true;
}

/** Any field of a record; `states` are the delta states of its point. False = it cannot be packed. */
export function packField(
  out: BitWriter,
  field: FieldTable,
  value: RawValue,
  at: { states: DeltaState[]; index: number },
): boolean {
  if (field.optional) out.bits(value === null ? 0 : 1, 1);
  if (value === null) return field.optional;
  if (field.type === 'bool') {
    out.bits(value ? 1 : 0, 1);
    return true;
  }
  if (field.type === 'enum') return packEnum(out, field, value as number);
  if (field.type === 'location') return packLocation(out, value as number[]);
  if (field.type === 'histogram') return packHistogram(out, value as number[]);
  if (typeof value === 'string') return packText(out, value);
  if (typeof value !== 'number') return packBlob(out, value as Uint8Array);
  if (!field.delta) return packInt(out, field, value);
  return packDelta(out, field, { states: at.states, index: at.index, value: value });
}
