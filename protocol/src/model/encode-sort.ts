import { limits } from '../wire/index.ts';
import type { Entry, RecordEntry, SeriesEntry } from './entry.ts';

/** Series first, in the order given; then records by time, those of one time in the order given. */
export interface SortedEntries {
  series: SeriesEntry[];
  records: RecordEntry[];
}

/** Moves a record back to its place; recorders give them nearly in order. */
function insert(records: RecordEntry[], entry: RecordEntry): void {
  let at = records.length;
  records.push(entry);
  while (at > 0 && records[at - 1].atMs > entry.atMs) {
    records[at] = records[at - 1];
    at--;
  }
  records[at] = entry;
}

function part(entry: SeriesEntry, from: number, to: number): SeriesEntry {
  return {
    form: 'series',
    point: entry.point,
    atMs: entry.atMs + from * entry.periodMs,
    periodMs: entry.periodMs,
    samples: entry.samples.slice(from, to),
  };
}

/** Cuts a series where a difference is beyond what an integer carries, so that no sample makes a message impossible. */
function pushSeries(series: SeriesEntry[], entry: SeriesEntry): void {
  const samples = entry.samples;
  let from = 0;
  for (let i = 1; i < samples.length; i++) {
    const difference = samples[i] - samples[i - 1];
    if (difference <= limits.maxInt && difference >= -limits.maxInt) continue;
    series.push(part(entry, from, i));
    from = i;
  }
  series.push(from === 0 ? entry : part(entry, from, samples.length));
}

/** Throws when an entry lies before the base: times are unsigned, and a guessed time would be worse than none. */
export function sortEntries(entries: Entry[], baseMs: number): SortedEntries {
  const sorted: SortedEntries = { series: [], records: [] };
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (entry.atMs < baseMs) throw new Error('entry at ' + entry.atMs + ' ms is before the base ' + baseMs);
    if (entry.form === 'series') pushSeries(sorted.series, entry);
    else insert(sorted.records, entry);
  }
  return sorted;
}

/** The uptime to use as a message's base: of its earliest entry. */
export function earliestMs(entries: Entry[]): number {
  let earliest = entries[0].atMs;
  for (let i = 1; i < entries.length; i++) {
    if (entries[i].atMs < earliest) earliest = entries[i].atMs;
  }
  return earliest;
}
