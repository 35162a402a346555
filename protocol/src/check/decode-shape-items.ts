import { utf8Decode } from '../wire/index.ts';
import { type FieldPlan, TYPE } from './compile-fields.ts';
import { type Cursor, readArgument, readInt } from './decode-cursor.ts';
import { readPackedBlob, readPackedHistogram, readPackedLocation } from './decode-packed-field.ts';
import type { DecodeState } from './decode-state.ts';

/** What a column has no room for, read again from where the checker found it right. */
export type ShapeValue = string | Uint8Array | number[];

function readNumbers(c: Cursor): number[] {
  const count = readArgument(c, 4, 'numbers');
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) numbers.push(readInt(c, 'a number'));
  return numbers;
}

function readPlainShape(s: DecodeState, field: FieldPlan): ShapeValue {
  if (field.type === TYPE.location || field.type === TYPE.histogram) return readNumbers(s);
  const length = readArgument(s, field.type === TYPE.text ? 3 : 2, 'bytes');
  return field.type === TYPE.text
    ? utf8Decode(s.bytes, s.pos, s.pos + length)
    : s.bytes.slice(s.pos, s.pos + length);
}

function readPackedShape(s: DecodeState, field: FieldPlan): ShapeValue {
  if (field.type === TYPE.location) return readPackedLocation(s);
  if (field.type === TYPE.histogram) return readPackedHistogram(s);
  const blob = readPackedBlob(s);
  return field.type === TYPE.text ? utf8Decode(blob, 0, blob.length) : blob;
}

/** `at` is what the column holds: a byte of the message in the plain form, a bit in the packed one. */
export function readShape(
  s: DecodeState,
  field: FieldPlan,
  place: { at: number; packed: boolean },
): ShapeValue {
  if (!place.packed) {
    s.pos = place.at;
    return readPlainShape(s, field);
  }
  s.bit = place.at;
  s.bitEnd = s.bytes.length * 8;
  return readPackedShape(s, field);
}
