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
  /** Of each boot, uptimes in order and the place of each in `expected`. */
  private readonly inOrder = new Map<string, { uptimes: number[]; ordinals: number[] }>();
  /** Series: nominal ms between samples; 0 for other kinds. */
  private periodMs = 0;

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
    this.periodMs = line.periodMs;
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
    if (this.periodMs > 0) this.addInOrder(one, ordinal);
    const there = times.get(one.uptimeMs);
    if (there === undefined) times.set(one.uptimeMs, ordinal);
    else if (typeof there === 'number') times.set(one.uptimeMs, [there, ordinal]);
    else there.push(ordinal);
  }

  /** The expected value that this record is, by boot and uptime; among several at one time the first that is equal. */
  match(record: Arrived): Match {
    const there = this.byTime.get(record.boot)?.get(record.uptimeMs);
    if (there === undefined) return this.nearest(record);
    if (typeof there === 'number') {
      const expected = this.expected[there]!;
      return expected.found ? { kind: 'taken' } : { kind: 'match', ordinal: there, expected };
    }
    const free = there.filter((ordinal) => !this.expected[ordinal]!.found);
    const equal = free.find((ordinal) => same(this.expected[ordinal]!, record));
    const ordinal = equal ?? free[0];
    if (ordinal === undefined) return { kind: 'taken' };
    return { kind: 'match', ordinal, expected: this.expected[ordinal]! };
  }

  /** Places of all that was the same at the same time, in order: nothing tells them apart. */
  twins(ordinal: number): number[] {
    const { boot, uptimeMs, value, attributes } = this.expected[ordinal]!;
    const there = this.byTime.get(boot)?.get(uptimeMs) ?? ordinal;
    if (typeof there === 'number') return [there];
    return there.filter((other) => {
      const twin = this.expected[other]!;
      return sameValue(value, twin.value) && sameAttributes(attributes, twin.attributes ?? {});
    });
  }

  /** How far the SDK may move a sample to give it its place in the period. */
  slackMs(): number {
    return this.periodMs / 2;
  }

  private addInOrder(one: Expected, ordinal: number): void {
    const there = this.inOrder.get(one.boot) ?? { uptimes: [], ordinals: [] };
    this.inOrder.set(one.boot, there);
    there.uptimes.push(one.uptimeMs);
    there.ordinals.push(ordinal);
  }

  /** A sample that did not come at an even time was moved by up to half a period. */
  private nearest(record: Arrived): Match {
    const there = this.inOrder.get(record.boot);
    if (there === undefined) return { kind: 'none' };
    const after = firstAtOrAfter(there.uptimes, record.uptimeMs);
    const near = [after - 1, after].filter(
      (at) => Math.abs((there.uptimes[at] ?? Infinity) - record.uptimeMs) <= this.slackMs(),
    );
    const free = near.map((at) => there.ordinals[at]!).filter((ordinal) => !this.expected[ordinal]!.found);
    const ordinal = free.find((one) => same(this.expected[one]!, record)) ?? free[0];
    return ordinal === undefined
      ? { kind: 'none' }
      : { kind: 'match', ordinal, expected: this.expected[ordinal]! };
  }
}

/** Index of the first number that is not below `least`. */
export function firstAtOrAfter(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function same(expected: Expected, record: Arrived): boolean {
  return sameValue(expected.value, record.value) && sameAttributes(expected.attributes, record.attributes);
}
