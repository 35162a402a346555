import { Code } from '../wire/index.ts';
import type { FieldPlan, PointPlan } from './compile-fields.ts';
import { readInt, readUint, refuse } from './decode-cursor.ts';
import { judge } from './decode-field.ts';
import { type NumberList, openList, readElement } from './decode-list.ts';
import { type DecodeState, readTime, reserve } from './decode-state.ts';

export function putSample(s: DecodeState, field: FieldPlan, row: number, value: number): void {
  s.columns.value[row] = value;
  s.columns.flags[row] = 0;
  if (value >= field.min && value <= field.max) return;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) refuse(s, Code.outOfRange, 'a sample is beyond 2^53 - 1');
  s.flags = 0;
  judge(s, field, value, s.pos);
  s.columns.flags[row] = s.flags;
}

function readDifferences(s: DecodeState, field: FieldPlan, count: number): void {
  const row = s.columns.count;
  let value = 0;
  for (let i = 0; i < count && s.code === 0; i++) {
    value += readInt(s, field.name);
    putSample(s, field, row + i, value);
  }
}

function readElements(s: DecodeState, field: FieldPlan, list: NumberList): void {
  const row = s.columns.count;
  for (let i = 0; i < list.count && s.code === 0; i++) putSample(s, field, row + i, readElement(s, list));
}

/** Closes a series whose samples stand in the value column: their times and all that is the same for each. */
export function pushSeries(
  s: DecodeState,
  point: PointPlan,
  shape: { count: number; atMs: number; periodMs: number },
): void {
  const columns = s.columns;
  const row = columns.count;
  const end = row + shape.count;
  readTime(s, shape.atMs + (shape.count - 1) * shape.periodMs);
  if (s.code !== 0) return;
  columns.point.fill(point.index, row, end);
  columns.slot.fill(columns.slotCount, row, end);
  let atMs = shape.atMs;
  for (let i = row; i < end; i++) {
    columns.uptimeMs[i] = atMs;
    atMs += shape.periodMs;
  }
  columns.count = end;
  s.records += shape.count;
  s.consent |= point.consent;
}

/** A period is told only where it differs from the model's. */
export function checkPeriod(s: DecodeState, point: PointPlan, periodMs: number): number {
  if (periodMs < 1) refuse(s, Code.outOfRange, `${point.name} has a period below 1 ms`);
  if (periodMs === point.periodMs)
    refuse(s, Code.notDeterministic, `${point.name} repeats the model's period`);
  return periodMs;
}

/** `[point, offset, samples, ? period]`; the point has been read. */
export function readSeries(s: DecodeState, point: PointPlan, items: number): void {
  const atMs = s.baseMs + readUint(s, 'the offset of a series');
  const field = point.fields[0]!;
  const list = openList(s, point.name);
  const count = list.count;
  if (s.code !== 0 || !reserve(s, count)) return;
  if (list.width === 0) readDifferences(s, field, count);
  else readElements(s, field, list);
  const periodMs = items === 4 ? checkPeriod(s, point, readUint(s, 'the period')) : point.periodMs;
  pushSeries(s, point, { count, atMs, periodMs });
}
