import { BitWriter, riceStart, riceState, Writer } from '../wire/index.ts';
import { maxMessageBytes } from '../wire/limits.ts';
import { commonTick, packedPointBits, tickMs } from './encode-layout.ts';
import { type DeltaState, isCodable, packDelta, packField } from './encode-packed-field.ts';
import { sortEntries } from './encode-sort.ts';
import type { Entry, RawValue, SeriesEntry } from './entry.ts';
import type { FieldTable, ModelTable, PointTable } from './table.ts';

function packSeries(out: BitWriter, point: PointTable, baseMs: number, entry: SeriesEntry): void {
  const own = entry.periodMs !== point.periodMs;
  let state: DeltaState | undefined;
  out.eg(entry.atMs - baseMs, 10);
  out.bits(own ? 1 : 0, 1);
  if (own) out.eg(entry.periodMs, 10);
  out.eg(entry.samples.length - 1, 6);
  entry.samples.forEach((sample) => {
    state = packDelta(out, point.fields[0], sample, state);
  });
}

/**
 * The item of label 7 as one byte string; null when some value has no packed code. Entries in any order, at or after `baseMs`, the uptime
 * of label 3: series come first and records in order of time, which is the order of record indexes.
 */
export function encodePacked(table: ModelTable, baseMs: number, entries: Entry[]): Uint8Array | null {
  const out = new BitWriter(maxMessageBytes);
  const sorted = sortEntries(entries, baseMs);
  const records = sorted.records;
  const tick = commonTick(records, baseMs);
  const pointBits = packedPointBits(table);
  const times = riceState(riceStart.time);
  // Keys are point x 64 + field: a point has a value, at most 32 attributes and 4 of context.
  const deltas: { [key: number]: DeltaState } = {};
  const packValue = (field: FieldTable, value: RawValue, key: number): void => {
    if (field.optional) out.bits(value === null ? 0 : 1, 1);
    if (!field.delta || typeof value !== 'number') packField(out, field, value);
    else {
      if (deltas[key] && !isCodable(value)) out.overflowed = true;
      deltas[key] = packDelta(out, field, value, deltas[key]);
    }
  };
  let before = baseMs;
  out.bits(tick, 3);
  out.eg(sorted.series.length, 0);
  sorted.series.forEach((entry) => {
    out.bits(entry.point, pointBits);
    packSeries(out, table.points[entry.point], baseMs, entry);
  });
  out.eg(records.length, 4);
  records.forEach((entry) => {
    out.bits(entry.point, pointBits);
    out.rice((entry.atMs - before) / tickMs[tick], times);
    before = entry.atMs;
    table.points[entry.point].fields.forEach((field, i) => {
      packValue(field, entry.values[i], entry.point * 64 + i);
    });
  });
  if (out.overflowed) return null;
  const item = new Writer(maxMessageBytes + 9);
  item.bytes(out.finish());
  return item.finish();
}
