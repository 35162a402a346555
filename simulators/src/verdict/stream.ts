import { sameAttributes, sameValue } from './equal.ts';
import type { Arrived, Truth, TruthAttributes, TruthValue } from './truth.ts';

/** One value that a recorder was given. */
export interface Expected {
  boot: string;
  uptimeMs: number;
  atMs: number;
  value: TruthValue;
  attributes: TruthAttributes | undefined;
  found: boolean;
}

export type Match =
  | { kind: 'match'; ordinal: number; expected: Expected }
  | { kind: 'taken' }
  | { kind: 'none' };

/** All that one recorder of one device was given, in order: found again by boot and uptime. */
export class Stream {
  readonly device: string;
  readonly point: string;
  readonly subject: string | null;
  readonly expected: Expected[] = [];
  /** Of each boot, places in `expected` by uptime. */
  private readonly byTime = new Map<string, Map<number, number | number[]>>();

  constructor(device: string, point: string, subject: string | null) {
    this.device = device;
    this.point = point;
    this.subject = subject;
  }

  expect(line: Extract<Truth, { kind: 'record' | 'samples' }>): void {
    const { boot } = line;
    if (line.kind === 'record') {
      const { uptimeMs, atMs, value, attributes } = line;
      this.add({ boot, uptimeMs, atMs, value, attributes, found: false });
      return;
    }
    line.values.forEach((value, i) => {
      const laterMs = i * line.periodMs;
      const at = { uptimeMs: line.uptimeMs + laterMs, atMs: line.atMs + laterMs };
      this.add({ boot, ...at, value, attributes: undefined, found: false });
    });
  }

  private add(one: Expected): void {
    let times = this.byTime.get(one.boot);
    if (times === undefined) {
      times = new Map();
      this.byTime.set(one.boot, times);
    }
    const ordinal = this.expected.push(one) - 1;
    const there = times.get(one.uptimeMs);
    if (there === undefined) times.set(one.uptimeMs, ordinal);
    else if (typeof there === 'number') times.set(one.uptimeMs, [there, ordinal]);
    else there.push(ordinal);
  }

  /** The expected value that this record is, by boot and uptime; among several at one time the first that is equal. */
  match(record: Arrived): Match {
    const there = this.byTime.get(record.boot)?.get(record.uptimeMs);
    if (there === undefined) return { kind: 'none' };
    const ordinals = typeof there === 'number' ? [there] : there;
    const free = ordinals.filter((ordinal) => !this.expected[ordinal]!.found);
    const equal = free.find((ordinal) => same(this.expected[ordinal]!, record));
    const ordinal = equal ?? free[0];
    if (ordinal === undefined) return { kind: 'taken' };
    return { kind: 'match', ordinal, expected: this.expected[ordinal]! };
  }
}

export function same(expected: Expected, record: Arrived): boolean {
  return sameValue(expected.value, record.value) && sameAttributes(expected.attributes, record.attributes);
}
