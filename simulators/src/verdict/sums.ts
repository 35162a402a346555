import { sameValue } from './equal.ts';
import { firstAtOrAfter } from './stream.ts';
import type { Arrived, Truth } from './truth.ts';

/** A wrong value in words, or null. */
export type Fault = string | null;

/** What went into one counter or one distribution in one boot; each record of it can be checked at its own time. */
export interface Sums {
  add(line: Extract<Truth, { kind: 'counted' | 'observed' }>): void;
  check(record: Arrived): Fault;
  /** True Unix ms of an uptime, as far as it is known. */
  atMs(uptimeMs: number): number | null;
}

/** Index of the last entry that is at or before the time (whole ms), -1 for none. */
function lastAt(uptimes: readonly number[], uptimeMs: number): number {
  return firstAtOrAfter(uptimes, uptimeMs + 1) - 1;
}

/** A counter's record is right when it is the true sum at its time. */
export function counterSums(): Sums {
  const uptimes: number[] = [];
  const totals: number[] = [];
  let originMs: number | null = null;
  return {
    add(line) {
      if (line.kind !== 'counted') return;
      originMs = line.atMs - line.uptimeMs;
      uptimes.push(line.uptimeMs);
      totals.push(line.total);
    },
    check(record) {
      const last = lastAt(uptimes, record.uptimeMs);
      const allowed = [totals[last] ?? 0];
      // Adds of the same ms may fall on either side of the record.
      for (let i = last - 1; i >= 0 && uptimes[i + 1] === record.uptimeMs; i--) allowed.push(totals[i]!);
      if (last >= 0 && uptimes[0] === record.uptimeMs) allowed.push(0);
      const right = allowed.some((total) => sameValue(total, record.value));
      return right ? null : `the sum was ${allowed[0]}, ${JSON.stringify(record.value)} arrived`;
    },
    atMs: (uptimeMs) => (originMs === null ? null : originMs + uptimeMs),
  };
}

interface Histogram {
  count: number;
  sum: number;
  min: number;
  max: number;
}

function isHistogram(value: unknown): value is Histogram {
  const one = value as Partial<Histogram> | null;
  return (
    typeof one === 'object' && one !== null && typeof one.count === 'number' && typeof one.sum === 'number'
  );
}

/** A histogram's record is right when the last `count` values before it have its sum and its ends. */
export function distributionSums(): Sums {
  const uptimes: number[] = [];
  const values: number[] = [];
  let originMs: number | null = null;
  const slice = (end: number, count: number): Histogram => {
    const taken = values.slice(Math.max(0, end - count), end);
    const sum = taken.reduce((all, one) => all + one, 0);
    return { count: taken.length, sum, min: Math.min(...taken), max: Math.max(...taken) };
  };
  return {
    add(line) {
      if (line.kind !== 'observed') return;
      originMs = line.atMs - line.uptimeMs;
      for (const value of line.values) {
        uptimes.push(line.uptimeMs);
        values.push(value);
      }
    },
    check(record) {
      if (!isHistogram(record.value)) return 'not a histogram';
      const truth = slice(lastAt(uptimes, record.uptimeMs) + 1, record.value.count);
      const { count, sum, min, max } = record.value;
      const right =
        count === truth.count &&
        sameValue(truth.sum, sum) &&
        sameValue(truth.min, min) &&
        sameValue(truth.max, max);
      const text = JSON.stringify({ count, sum, min, max });
      return right ? null : `observed was ${JSON.stringify(truth)}, ${text} arrived`;
    },
    atMs: (uptimeMs) => (originMs === null ? null : originMs + uptimeMs),
  };
}
