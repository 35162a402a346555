import { Code, utf8Fault } from '../wire/index.ts';
import { FLAG_ATTRIBUTE_RANGE, FLAG_VALUE_RANGE } from './columns.ts';
import { type FieldPlan, TYPE } from './compile-fields.ts';
import { readArgument, readCount, readInt, refuse, refuseAt } from './decode-cursor.ts';
import { checkHistogram, checkLocation } from './decode-shapes.ts';
import type { DecodeState } from './decode-state.ts';

const VALUE_KEY_BELOW = -4;

/** A number outside the model's bounds that was read from `at`: refused, or kept and flagged. */
export function judge(s: DecodeState, field: FieldPlan, value: number, at: number): number {
  if (!field.keep) {
    return refuseAt(s, at, Code.outOfRange, `${field.name} is ${value}, outside ${field.min}..${field.max}`);
  }
  s.flags |= field.key < VALUE_KEY_BELOW ? FLAG_VALUE_RANGE : FLAG_ATTRIBUTE_RANGE;
  return value;
}

/** Reads one value that is there. The answer is what its column holds. */
export function readField(s: DecodeState, field: FieldPlan): number {
  if (field.type === TYPE.int) {
    const start = s.pos;
    const value = readInt(s, field.name);
    return value >= field.min && value <= field.max ? value : judge(s, field, value, start);
  }
  if (field.type === TYPE.enum) {
    if (s.pos < s.end && s.bytes[s.pos]! <= field.max && s.bytes[s.pos]! < 24) return s.bytes[s.pos++]!;
    return judgeEnum(s, field);
  }
  return readOther(s, field);
}

/** An enum of more than 24 labels, or a wrong one. */
function judgeEnum(s: DecodeState, field: FieldPlan): number {
  const start = s.pos;
  const value = readArgument(s, 0, field.name);
  return value <= field.max ? value : judge(s, field, value, start);
}

function readOther(s: DecodeState, field: FieldPlan): number {
  const start = s.pos;
  if (field.type === TYPE.bool) return readBool(s, field);
  if (field.type === TYPE.location) readLocation(s, field);
  else if (field.type === TYPE.histogram) readHistogram(s, field);
  else readBlob(s, field);
  return start;
}

function readBool(s: DecodeState, field: FieldPlan): number {
  if (s.pos >= s.end) return refuse(s, Code.malformed, `the message ends before ${field.name}`);
  const head = s.bytes[s.pos]!;
  if (head !== 0xf4 && head !== 0xf5) return refuse(s, Code.schema, `${field.name} has the wrong type`);
  s.pos += 1;
  return head - 0xf4;
}

function readBlob(s: DecodeState, field: FieldPlan): void {
  const text = field.type === TYPE.text;
  const start = s.pos;
  const length = readCount(s, text ? 3 : 2, field.name);
  if (length > field.max) {
    refuseAt(s, start, Code.outOfRange, `${field.name} is longer than ${field.max} bytes`);
    return;
  }
  const end = s.pos + length;
  if (text && utf8Fault(s.bytes, s.pos, end) >= 0) refuse(s, Code.malformed, `${field.name} is not UTF-8`);
  if (s.code === 0) s.pos = end;
}

const location = { latitude: 0, longitude: 0, accuracy: 0 };

function readLocation(s: DecodeState, field: FieldPlan): void {
  const start = s.pos;
  const items = readCount(s, 4, field.name);
  if (items !== 2 && items !== 3) refuseAt(s, start, Code.schema, `${field.name} needs 2 or 3 numbers`);
  location.latitude = readInt(s, field.name);
  location.longitude = readInt(s, field.name);
  location.accuracy = items === 3 ? readInt(s, field.name) : 0;
  checkLocation(s, field, location, start);
}

const head = new Float64Array(7);

function readHistogram(s: DecodeState, field: FieldPlan): void {
  const start = s.pos;
  const items = readCount(s, 4, field.name);
  if (items < 7) refuseAt(s, start, Code.schema, `${field.name} needs at least 7 numbers`);
  for (let i = 0; i < 7; i++) head[i] = readInt(s, field.name);
  checkHistogram(s, field, head, start);
  for (let i = 7; i < items && s.code === 0; i++) {
    if (readInt(s, field.name) < 0) refuse(s, Code.outOfRange, `${field.name} has a bucket below 0`);
  }
}
