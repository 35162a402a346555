import { Code } from '../wire/index.ts';
import { reserveSlots } from './columns.ts';
import type { PointPlan } from './compile-fields.ts';
import { readCount, readInt, readUint, refuse, refuseAt } from './decode-cursor.ts';
import { readField } from './decode-field.ts';
import { type DecodeState, pushRow, readTime, reserve } from './decode-state.ts';

const NULL = 0xf6;

export function isNull(s: DecodeState): boolean {
  return s.pos < s.end && s.bytes[s.pos] === NULL;
}

/** A point by its id; the gap point stands in after a refusal. */
export function readPoint(s: DecodeState): PointPlan {
  const start = s.pos;
  const id = readUint(s, 'the point');
  const index = id < s.plan.indexOfId.length ? s.plan.indexOfId[id]! : -1;
  if (index < 0) refuseAt(s, start, Code.schema, `point ${id} is not in the model`);
  return s.plan.points[Math.max(index, 0)]!;
}

function absentValue(s: DecodeState, point: PointPlan): number {
  if (point.hasValue && !point.fields[0]!.optional) refuse(s, Code.schema, `${point.name} has no value`);
  return Number.NaN;
}

function readValue(s: DecodeState, point: PointPlan, items: number): number {
  if (items === 2) return absentValue(s, point);
  if (isNull(s)) {
    if (items === 3) refuse(s, Code.schema, `${point.name} has an empty tail`);
    s.pos += 1;
    return absentValue(s, point);
  }
  if (!point.hasValue) return refuse(s, Code.schema, `${point.name} takes no value`);
  return readField(s, point.fields[0]!);
}

/** Leaves out the fields from `field` up to the one with this key; the index of that field. */
function leaveOut(s: DecodeState, point: PointPlan, from: number, key: number): number {
  const base = s.columns.slotCount - point.first;
  let field = from;
  for (; field < point.fields.length && point.fields[field]!.key !== key; field++) {
    s.columns.slots[base + field] = Number.NaN;
  }
  return field;
}

function refuseMissing(s: DecodeState, point: PointPlan): void {
  const base = s.columns.slotCount - point.first;
  const missing = point.fields.find(
    (field, i) => i >= point.first && !field.optional && Number.isNaN(s.columns.slots[base + i]),
  );
  refuse(s, Code.schema, `${point.name} has no ${missing?.name}`);
}

/**
 * Fields stand in the order of their keys' encodings, so one walk finds them and those left out. That one is missing is told after
 * the walk: keys out of order are an earlier offence.
 */
function readAttributes(s: DecodeState, point: PointPlan): void {
  const fields = point.fields;
  const base = s.columns.slotCount - point.first;
  const start = s.pos;
  const pairs = readCount(s, 5, point.name);
  if (pairs === 0) refuseAt(s, start, Code.schema, `${point.name} has an empty tail`);
  let next = point.first;
  let required = 0;
  for (let i = 0; i < pairs && s.code === 0; i++) {
    const keyAt = s.pos;
    const key = readInt(s, 'an attribute key');
    if (next >= fields.length || fields[next]!.key !== key) next = leaveOut(s, point, next, key);
    if (next >= fields.length) refuseAt(s, keyAt, Code.schema, `${point.name} has no attribute ${key} here`);
    else {
      const field = fields[next]!;
      s.columns.slots[base + next] = readField(s, field);
      if (!field.optional) required += 1;
    }
    next += 1;
  }
  leaveOut(s, point, next, Number.NaN);
  if (required !== point.required) refuseMissing(s, point);
}

function noAttributes(s: DecodeState, point: PointPlan): void {
  leaveOut(s, point, point.first, Number.NaN);
  if (point.required > 0) refuseMissing(s, point);
}

/** `[point, dt, ? value/null, ? {key: value}]`; the point has been read. */
export function readRow(s: DecodeState, point: PointPlan, items: number): void {
  s.rowMs = readTime(s, s.rowMs + readUint(s, 'the time of a row'));
  s.flags = 0;
  const value = readValue(s, point, items);
  if (point.attributes > 0) {
    reserveSlots(s.columns, point.attributes);
    if (items === 4) readAttributes(s, point);
    else noAttributes(s, point);
  } else if (items === 4) refuse(s, Code.schema, `${point.name} takes no attributes`);
  if (s.code === 0 && reserve(s, 1)) pushRow(s, point, s.rowMs, value);
}
