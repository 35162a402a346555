import { tickMs } from '../model/encode-layout.ts';
import { Code, riceStart, unzigzag } from '../wire/index.ts';
import { reserveSlots } from './columns.ts';
import type { PointPlan } from './compile-fields.ts';
import { readBits, readGolomb, readRice, refuseBits, startRice } from './decode-bits.ts';
import { readCount } from './decode-cursor.ts';
import {
  FIRST_DELTA_STATE,
  readPackedField,
  readPackedInt,
  SERIES_STATE,
  TIME_STATE,
} from './decode-packed-field.ts';
import { checkPeriod, pushSeries, putSample } from './decode-series.ts';
import { type DecodeState, pushRow, readTime, reserve } from './decode-state.ts';

function readPoint(s: DecodeState): PointPlan {
  const index = readBits(s, s.plan.pointBits);
  if (index >= s.plan.points.length) refuseBits(s, Code.schema, `there is no point at ${index} in the model`);
  return s.plan.points[s.code === 0 ? index : 0]!;
}

function readSamples(s: DecodeState, point: PointPlan, count: number): void {
  const field = point.fields[0]!;
  const row = s.columns.count;
  s.flags = 0;
  let value = readPackedInt(s, field);
  if (s.code === 0) putSample(s, field, row, value);
  startRice(s, SERIES_STATE, riceStart.difference);
  for (let i = 1; i < count && s.code === 0; i++) {
    value += unzigzag(readRice(s, SERIES_STATE));
    if (s.code === 0) putSample(s, field, row + i, value);
  }
}

function readSeries(s: DecodeState): void {
  const point = readPoint(s);
  if (s.code === 0 && !point.isSeries) refuseBits(s, Code.schema, `${point.name} is no series`);
  const atMs = s.baseMs + readGolomb(s, 10);
  const own = readBits(s, 1) === 1;
  const periodMs = own ? checkPeriod(s, point, readGolomb(s, 10)) : point.periodMs;
  const count = readGolomb(s, 6) + 1;
  // Every sample after the first takes at least one bit.
  if (count - 1 > s.bitEnd - s.bit) refuseBits(s, Code.malformed, 'the packed records end too early');
  if (s.code !== 0 || !reserve(s, count)) return;
  readSamples(s, point, count);
  if (s.code === 0) pushSeries(s, point, { count, atMs, periodMs });
}

function readRecord(s: DecodeState, msPerTick: number): void {
  const point = readPoint(s);
  if (point.isSeries) refuseBits(s, Code.schema, `${point.name} is a series and has no row`);
  s.rowMs = readTime(s, s.rowMs + readRice(s, TIME_STATE) * msPerTick);
  reserveSlots(s.columns, point.attributes);
  s.flags = 0;
  const value = point.hasValue ? readPackedField(s, point.fields[0]!) : Number.NaN;
  const base = s.columns.slotCount - point.first;
  for (let f = point.first; f < point.fields.length && s.code === 0; f++) {
    s.columns.slots[base + f] = readPackedField(s, point.fields[f]!);
  }
  if (s.code === 0) pushRow(s, point, s.rowMs, value);
}

function readStream(s: DecodeState): void {
  startRice(s, TIME_STATE, riceStart.time);
  for (let i = 0; i < s.plan.deltaSlots; i++) startRice(s, FIRST_DELTA_STATE + i, riceStart.difference);
  s.deltaLast.fill(Number.NaN);
  const tick = readBits(s, 3);
  if (tick >= tickMs.length) refuseBits(s, Code.schema, `tick ${tick} is not known`);
  const series = readGolomb(s, 0);
  for (let i = 0; i < series && s.code === 0; i++) readSeries(s);
  const records = readGolomb(s, 4);
  // Every record takes at least a bit for its time.
  if (records > s.bitEnd - s.bit) refuseBits(s, Code.malformed, 'the packed records end too early');
  if (series + records === 0) refuseBits(s, Code.schema, 'there are no records');
  if (s.code !== 0 || !reserve(s, records)) return;
  for (let i = 0; i < records && s.code === 0; i++) readRecord(s, tickMs[tick]!);
}

/** Nothing but the zero bits that fill the last byte may follow. */
function checkPadding(s: DecodeState): void {
  const left = s.bitEnd - s.bit;
  if (left > 7) refuseBits(s, Code.malformed, 'bytes follow the packed records');
  else if (left > 0 && readBits(s, left) !== 0) refuseBits(s, Code.malformed, 'the padding is not zero');
}

/** Label 7 as one byte string. */
export function readPacked(s: DecodeState): void {
  const length = readCount(s, 2, 'the packed records');
  const end = s.pos + length;
  if (s.code !== 0) return;
  s.bit = s.pos * 8;
  s.bitEnd = end * 8;
  readStream(s);
  if (s.code === 0) checkPadding(s);
  if (s.code === 0) s.pos = end;
}
