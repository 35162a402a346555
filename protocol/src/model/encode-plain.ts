import { limits, Writer } from '../wire/index.ts';
import { commonTick, tickMs } from './encode-layout.ts';
import { headSize, listSize, writeList, writeSamples } from './encode-numbers.ts';
import { rowSize, valueSize, writeRow, writeValue } from './encode-row.ts';
import type { SortedEntries } from './encode-sort.ts';
import type { RecordEntry, SeriesEntry } from './entry.ts';
import type { ModelTable } from './table.ts';

function writeSeries(out: Writer, table: ModelTable, baseMs: number, entry: SeriesEntry): void {
  const point = table.points[entry.point];
  const own = entry.periodMs !== point.periodMs;
  out.arrayHead(own ? 4 : 3);
  out.uint(point.id);
  out.uint(entry.atMs - baseMs);
  writeSamples(out, entry.samples);
  if (own) out.uint(entry.periodMs);
}

/** Times of records in ticks, each since the one before. */
interface Times {
  tick: number;
  steps: number[];
}

function timesOf(records: RecordEntry[], baseMs: number): Times {
  const times: number[] = [];
  for (let i = 0; i < records.length; i++) times.push(records[i].atMs);
  const tick = commonTick(times, baseMs);
  const steps: number[] = [];
  let before = baseMs;
  for (let i = 0; i < times.length; i++) {
    steps.push((times[i] - before) / tickMs[tick]);
    before = times[i];
  }
  return { tick: tick, steps: steps };
}

function columnsSize(table: ModelTable, records: RecordEntry[], times: Times): number {
  let count = 0;
  let size = 2 + headSize(records.length) + listSize(times.steps);
  for (let i = 0; i < records.length; i++) {
    const point = table.points[records[i].point];
    size += headSize(point.id);
    count += point.fields.length;
    for (let f = 0; f < point.fields.length; f++) size += valueSize(point.fields[f], records[i].values[f]);
  }
  // A decoder refuses longer arrays.
  return count > limits.maxArrayItems ? Infinity : size + headSize(count);
}

function rowsSize(table: ModelTable, records: RecordEntry[], baseMs: number): number {
  let size = 0;
  let before = baseMs;
  for (let i = 0; i < records.length; i++) {
    size += rowSize(table, records[i].atMs - before, records[i]);
    before = records[i].atMs;
  }
  return size;
}

function writeRows(out: Writer, table: ModelTable, baseMs: number, records: RecordEntry[]): void {
  let before = baseMs;
  for (let i = 0; i < records.length; i++) {
    writeRow(out, table, records[i].atMs - before, records[i]);
    before = records[i].atMs;
  }
}

function writeColumns(out: Writer, table: ModelTable, records: RecordEntry[], times: Times): void {
  let count = 0;
  out.arrayHead(4);
  out.arrayHead(records.length);
  for (let i = 0; i < records.length; i++) {
    const point = table.points[records[i].point];
    out.uint(point.id);
    count += point.fields.length;
  }
  out.uint(times.tick);
  writeList(out, times.steps);
  out.arrayHead(count);
  for (let i = 0; i < records.length; i++) {
    const fields = table.points[records[i].point].fields;
    for (let f = 0; f < fields.length; f++) writeValue(out, fields[f], records[i].values[f]);
  }
}

/** Columns cost a few bytes once and save about three a record. */
const fewRecords = 2;

/** Label 7 as an array of entries. */
export function encodePlain(table: ModelTable, baseMs: number, entries: SortedEntries): Uint8Array {
  const out = new Writer(limits.maxMessageBytes);
  const records = entries.records;
  const times = records.length > fewRecords ? timesOf(records, baseMs) : null;
  const columns =
    times !== null && columnsSize(table, records, times) < rowsSize(table, records, baseMs) ? times : null;
  out.arrayHead(entries.series.length + (columns !== null ? 1 : records.length));
  for (let i = 0; i < entries.series.length; i++) writeSeries(out, table, baseMs, entries.series[i]);
  if (columns !== null) writeColumns(out, table, records, columns);
  else writeRows(out, table, baseMs, records);
  return out.finish();
}
