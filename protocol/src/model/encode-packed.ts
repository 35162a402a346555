import { BitWriter, limits, riceStart, riceState, Writer } from '../wire/index.ts';
import { commonTick, packedPointBits, tickMs } from './encode-layout.ts';
import { type DeltaState, packDifference, packField, packInt } from './encode-packed-field.ts';
import { sortEntries } from './encode-sort.ts';
import type { Entry, RecordEntry, SeriesEntry } from './entry.ts';
import type { ModelTable } from './table.ts';

interface Target {
  out: BitWriter;
  table: ModelTable;
  baseMs: number;
  pointBits: number;
}

function packSamples(target: Target, entry: SeriesEntry): void {
  const samples = entry.samples;
  const state = riceState(riceStart.difference);
  packInt(target.out, target.table.points[entry.point].fields[0], samples[0]);
  for (let i = 1; i < samples.length; i++) packDifference(target.out, samples[i] - samples[i - 1], state);
}

function packSeries(target: Target, entry: SeriesEntry): void {
  const out = target.out;
  const own = entry.periodMs !== target.table.points[entry.point].periodMs;
  out.bits(entry.point, target.pointBits);
  out.eg(entry.atMs - target.baseMs, 10);
  out.bits(own ? 1 : 0, 1);
  if (own) out.eg(entry.periodMs, 10);
  out.eg(entry.samples.length - 1, 6);
  packSamples(target, entry);
}

function packRecords(target: Target, records: RecordEntry[], stepMs: number): void {
  const times = riceState(riceStart.time);
  const deltas: DeltaState[][] = [];
  let before = target.baseMs;
  for (let i = 0; i < records.length; i++) {
    const entry = records[i];
    const fields = target.table.points[entry.point].fields;
    if (deltas[entry.point] === undefined) deltas[entry.point] = [];
    target.out.bits(entry.point, target.pointBits);
    target.out.rice((entry.atMs - before) / stepMs, times);
    before = entry.atMs;
    for (let f = 0; f < fields.length; f++) {
      packField(target.out, fields[f], entry.values[f], { states: deltas[entry.point], index: f });
    }
  }
}

/**
 * The item of label 7 as one byte string; null when some value has no packed code. Entries in any order, at or after `baseMs`, the uptime
 * of label 3: series come first and records in order of time, which is the order of record indexes.
 */
export function encodePacked(table: ModelTable, baseMs: number, entries: Entry[]): Uint8Array | null {
  const out = new BitWriter(limits.maxMessageBytes);
  const target: Target = { out: out, table: table, baseMs: baseMs, pointBits: packedPointBits(table) };
  const sorted = sortEntries(entries, baseMs);
  const tick = commonTick(sorted.records, baseMs);
  out.bits(tick, 3);
  out.eg(sorted.series.length, 0);
  for (let i = 0; i < sorted.series.length; i++) packSeries(target, sorted.series[i]);
  out.eg(sorted.records.length, 4);
  packRecords(target, sorted.records, tickMs[tick]);
  if (out.overflowed) return null;
  const bytes = out.finish();
  const item = new Writer(bytes.length + 9);
  item.bytes(bytes);
  return item.finish();
}
