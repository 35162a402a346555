import type { Entry, RecordEntry, SeriesEntry } from './entry.ts';

/** Series first, in the order given; then records by time, those of one time in the order given. */
export interface SortedEntries {
  series: SeriesEntry[];
  records: RecordEntry[];
}

/** Throws when an entry lies before the base: times are unsigned, and a guessed time would be worse than none. */
export function sortEntries(entries: Entry[], baseMs: number): SortedEntries {
  const series: SeriesEntry[] = [];
  const records: RecordEntry[] = [];
  entries.forEach((entry) => {
    if (entry.atMs < baseMs) throw new Error('entry at ' + entry.atMs + ' ms is before the base ' + baseMs);
    if (entry.form === 'series') series.push(entry);
    else {
      // Recorders give them nearly in order.
      let at = records.push(entry) - 1;
      for (; at > 0 && records[at - 1].atMs > entry.atMs; at--) records[at] = records[at - 1];
      records[at] = entry;
    }
  });
  return { series, records };
}

/** The uptime to use as a message's base: of its earliest entry. */
export function earliestMs(entries: Entry[]): number {
  let earliest = entries[0].atMs;
  for (let i = 1; i < entries.length; i++) {
    if (entries[i].atMs < earliest) earliest = entries[i].atMs;
  }
  return earliest;
}
