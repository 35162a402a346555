import { tickMs } from '../model/encode-layout.ts';
import { Code } from '../wire/index.ts';
import { reserveSlots } from './columns.ts';
import type { PointPlan } from './compile-fields.ts';
import { readCount, readInt, readUint, refuse, refuseAt } from './decode-cursor.ts';
import { readField } from './decode-field.ts';
import { openList, readElement } from './decode-list.ts';
import { type DecodeState, pushRow, readTime, reserve } from './decode-state.ts';

const NULL = 0xf6;

function isNull(s: DecodeState): boolean {
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

/** Leaves out the optional fields from `field` up to the one with this key; the index of that field. */
function skipTo(s: DecodeState, point: PointPlan, from: number, key: number): number {
  const slots = s.columns.slots;
  let field = from;
  for (; field < point.fields.length && point.fields[field]!.key !== key; field++) {
    if (!point.fields[field]!.optional) {
      refuse(s, Code.schema, `${point.name} has no ${point.fields[field]!.name}`);
    }
    slots[s.columns.slotCount + field - point.first] = Number.NaN;
  }
  return field;
}

/** Fields stand in the order of their keys' encodings, so one walk finds them and the missing ones. */
function readAttributes(s: DecodeState, point: PointPlan): void {
  const fields = point.fields;
  const base = s.columns.slotCount - point.first;
  const pairs = readCount(s, 5, point.name);
  if (pairs === 0) refuse(s, Code.schema, `${point.name} has an empty tail`);
  let field = point.first;
  for (let i = 0; i < pairs && s.code === 0; i++) {
    const start = s.pos;
    const key = readInt(s, 'an attribute key');
    if (field >= fields.length || fields[field]!.key !== key) field = skipTo(s, point, field, key);
    if (field >= fields.length) refuseAt(s, start, Code.schema, `${point.name} has no attribute ${key} here`);
    else s.columns.slots[base + field] = readField(s, fields[field]!);
    field += 1;
  }
  if (field < fields.length) skipTo(s, point, field, Number.NaN);
}

/** `[point, dt, ? value/null, ? {key: value}]`; the point has been read. */
export function readRow(s: DecodeState, point: PointPlan, items: number): void {
  s.rowMs = readTime(s, s.rowMs + readUint(s, 'the time of a row'));
  s.flags = 0;
  const value = readValue(s, point, items);
  if (point.attributes > 0) {
    reserveSlots(s.columns, point.attributes);
    if (items === 4) readAttributes(s, point);
    else skipTo(s, point, point.first, Number.NaN);
  } else if (items === 4) refuse(s, Code.schema, `${point.name} takes no attributes`);
  if (s.code === 0 && reserve(s, 1)) pushRow(s, point, s.rowMs, value);
}

function readColumnValues(s: DecodeState, point: PointPlan, row: number): void {
  const columns = s.columns;
  reserveSlots(columns, point.attributes);
  s.flags = 0;
  let value = Number.NaN;
  for (let f = 0; f < point.fields.length; f++) {
    const field = point.fields[f]!;
    let raw = Number.NaN;
    if (!isNull(s)) raw = readField(s, field);
    else if (field.optional) s.pos += 1;
    else refuse(s, Code.schema, `${point.name} has no ${field.name}`);
    if (f < point.first) value = raw;
    else columns.slots[columns.slotCount + f - point.first] = raw;
  }
  pushRow(s, point, columns.uptimeMs[row]!, value);
}

/** Points of a columns entry go straight to their column; the values needed by all of them are counted. */
function readPoints(s: DecodeState, count: number): number {
  const row = s.columns.count;
  let values = 0;
  for (let i = 0; i < count && s.code === 0; i++) {
    const point = readPoint(s);
    if (point.isSeries) refuse(s, Code.schema, `${point.name} is a series and has no row`);
    s.columns.point[row + i] = point.index;
    values += point.fields.length;
  }
  return values;
}

/** `[[points...], tick, dts, [values...]]`; the head of the entry has been read. */
export function readColumns(s: DecodeState): void {
  const count = readCount(s, 4, 'the points of columns');
  if (count === 0) refuse(s, Code.schema, 'columns are empty');
  if (s.code !== 0 || !reserve(s, count)) return;
  const wanted = readPoints(s, count);
  const tickAt = s.pos;
  const tick = readUint(s, 'the tick');
  if (tick >= tickMs.length) refuseAt(s, tickAt, Code.schema, `tick ${tick} is not known`);
  readTimes(s, count, tickMs[tick] ?? 1);
  const valuesAt = s.pos;
  if (readCount(s, 4, 'the values of columns') !== wanted)
    refuseAt(s, valuesAt, Code.schema, `columns need ${wanted} values`);
  const row = s.columns.count;
  for (let i = 0; i < count && s.code === 0; i++) {
    readColumnValues(s, s.plan.points[s.columns.point[row + i]!]!, row + i);
  }
}

/** Times go to the column of the rows that are about to be read. */
function readTimes(s: DecodeState, count: number, stepMs: number): void {
  const times = s.columns.uptimeMs;
  const row = s.columns.count;
  const start = s.pos;
  const list = openList(s, 'the times of columns');
  if (list.count !== count) refuseAt(s, start, Code.schema, `columns need ${count} times`);
  if (list.width > 0 && list.signed) refuseAt(s, start, Code.schema, 'times have no sign');
  let atMs = s.baseMs;
  for (let i = 0; i < count && s.code === 0; i++) {
    const ticks = list.width === 0 ? readUint(s, 'a time') : readElement(s, list);
    atMs = readTime(s, atMs + ticks * stepMs);
    times[row + i] = atMs;
  }
}
