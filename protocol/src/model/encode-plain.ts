import { limits, Writer } from '../wire/index.ts';
import { cutSeries } from './cut-series.ts';
import { commonTick, tickMs } from './encode-layout.ts';
import { writeSamples, writeShorter } from './encode-numbers.ts';
import { writeRow, writeValue } from './encode-row.ts';
import { sortEntries } from './encode-sort.ts';
import type { Entry, RecordEntry, SeriesEntry } from './entry.ts';
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

/** Every record as an entry of its own. */
function rowsOf(table: ModelTable, baseMs: number, records: RecordEntry[]): Writer {
  const out = new Writer(limits.maxMessageBytes);
  let before = baseMs;
  for (let i = 0; i < records.length; i++) {
    writeRow(out, table, records[i].atMs - before, records[i]);
    before = records[i].atMs;
  }
  return out;
}

/** All records as one entry; null where its arrays would be longer than a decoder takes. */
function columnsOf(table: ModelTable, baseMs: number, records: RecordEntry[]): Writer | null {
  const out = new Writer(limits.maxMessageBytes);
  const tick = commonTick(records, baseMs);
  const steps: number[] = [];
  let before = baseMs;
  let count = 0;
  out.arrayHead(4);
  out.arrayHead(records.length);
  for (let i = 0; i < records.length; i++) {
    const point = table.points[records[i].point];
    out.uint(point.id);
    count += point.fields.length;
    steps.push((records[i].atMs - before) / tickMs[tick]);
    before = records[i].atMs;
  }
  out.uint(tick);
  writeShorter(out, steps, steps);
  out.arrayHead(count);
  for (let i = 0; i < records.length; i++) {
    const fields = table.points[records[i].point].fields;
    for (let f = 0; f < fields.length; f++) writeValue(out, fields[f], records[i].values[f]);
  }
  return count > limits.maxArrayItems || out.overflowed ? null : out;
}

/** Columns cost a few bytes once and save about three a record. */
const fewRecords = 2;

/** The item of label 7 as an array of entries, of which every value has one. Entries and their order as for `encodePacked`. */
export function encodePlain(table: ModelTable, baseMs: number, entries: Entry[]): Uint8Array {
  const out = new Writer(limits.maxMessageBytes);
  const sorted = sortEntries(entries, baseMs);
  const records = sorted.records;
  const series: SeriesEntry[] = [];
  sorted.series.forEach((entry) => {
    series.push.apply(series, cutSeries(entry));
  });
  const rows = rowsOf(table, baseMs, records);
  const columns = records.length > fewRecords ? columnsOf(table, baseMs, records) : null;
  const isShorter = columns !== null && (rows.overflowed || columns.length < rows.length);
  out.arrayHead(series.length + (isShorter ? 1 : records.length));
  for (let i = 0; i < series.length; i++) writeSeries(out, table, baseMs, series[i]);
  out.raw((isShorter ? (columns as Writer) : rows).finish());
  return out.finish();
}
