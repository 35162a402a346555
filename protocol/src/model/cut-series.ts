import { limits } from '../wire/index.ts';
import type { SeriesEntry } from './entry.ts';

function part(entry: SeriesEntry, from: number, to: number): SeriesEntry {
  return {
    form: 'series',
    point: entry.point,
    atMs: entry.atMs + from * entry.periodMs,
    periodMs: entry.periodMs,
    samples: entry.samples.slice(from, to),
  };
}

/**
 * A series in parts where a difference is beyond what an integer carries, so that no sample makes a message impossible. The packed form
 * has no code for such a difference, so only the plain one cuts.
 */
export function cutSeries(entry: SeriesEntry): SeriesEntry[] {
  const samples = entry.samples;
  const parts: SeriesEntry[] = [];
  let from = 0;
  for (let i = 1; i < samples.length; i++) {
    const difference = samples[i] - samples[i - 1];
    if (difference <= limits.maxInt && difference >= -limits.maxInt) continue;
    parts.push(part(entry, from, i));
    from = i;
  }
  parts.push(from === 0 ? entry : part(entry, from, samples.length));
  return parts;
}
