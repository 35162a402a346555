import { tickMs } from '../model/encode-layout.ts';
import { Code } from '../wire/index.ts';
import { reserveSlots } from './columns.ts';
import type { PointPlan } from './compile-fields.ts';
import { readCount, readUint, refuse, refuseAt } from './decode-cursor.ts';
import { readField } from './decode-field.ts';
import { openList, readElement } from './decode-list.ts';
import { isNull, readPoint } from './decode-rows.ts';
import { type DecodeState, pushRow, readTime, reserve } from './decode-state.ts';

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
