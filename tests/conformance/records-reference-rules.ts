import type { FieldTable, PointTable, RawValue } from '@usewire/protocol/model';
import type { RawRecord } from './records-reading.ts';

/** What SPEC.md asks of values, whichever form they travel in: the rules of the slow reference decoder. */
export type Tree = number | boolean | null | string | Uint8Array | Tree[] | Map<Tree, Tree> | Tagged;

export interface Tagged {
  tag: number;
  content: Tree;
}

export class Refused extends Error {}

export function refuseUnless(right: boolean, why: string): void {
  if (!right) throw new Refused(why);
}

export function time(atMs: number): number {
  refuseUnless(atMs <= Number.MAX_SAFE_INTEGER, 'time beyond 2^53 - 1');
  return atMs;
}

const inside = (value: number, min: number, max: number): boolean => value >= min && value <= max;

export function checkInt(field: FieldTable, value: number): void {
  const right = inside(value, field.min ?? -Infinity, field.max ?? Infinity);
  refuseUnless(right || field.outside === 'keep', 'out of range');
}

export function checkNumbers(field: FieldTable, numbers: number[]): void {
  const [a = 0, b = 0, c = 0, d = 0, , f = 0] = numbers;
  if (field.type === 'location') {
    refuseUnless(numbers.length === 2 || numbers.length === 3, 'location of 2 or 3');
    refuseUnless(Math.abs(a) <= 9e8 && Math.abs(b) <= 18e8 && c >= 0, 'location out of range');
  } else {
    refuseUnless(numbers.length >= 7, 'histogram of 7 and more');
    refuseUnless(a >= 0 && f >= 0 && c <= d, 'histogram out of range');
    refuseUnless(
      numbers.slice(7).every((bucket) => bucket >= 0),
      'bucket below 0',
    );
  }
}

const encoder = new TextEncoder();

export function checkValue(field: FieldTable, value: RawValue | Tree): RawValue {
  const type = field.type;
  if (type === 'bool') refuseUnless(typeof value === 'boolean', 'bool');
  else if (type === 'text')
    refuseUnless(typeof value === 'string' && encoder.encode(value).length <= field.maxBytes!, 'text');
  else if (type === 'bytes')
    refuseUnless(value instanceof Uint8Array && value.length <= field.maxBytes!, 'bytes');
  else if (type === 'enum')
    refuseUnless(typeof value === 'number' && inside(value, 0, field.labels!.length - 1), 'enum');
  else if (type === 'int') {
    refuseUnless(typeof value === 'number', 'int');
    checkInt(field, value as number);
  } else {
    refuseUnless(Array.isArray(value) && value.every((one) => typeof one === 'number'), 'numbers');
    checkNumbers(field, value as number[]);
  }
  return value as RawValue;
}

export function seriesRecords(
  point: number,
  from: { atMs: number; periodMs: number },
  samples: number[],
): RawRecord[] {
  refuseUnless(samples.length > 0, 'no samples');
  time(from.atMs + (samples.length - 1) * from.periodMs);
  return samples.map((value, i) => ({ point, atMs: from.atMs + i * from.periodMs, values: [value] }));
}

export function ownPeriod(point: PointTable, periodMs: number): number {
  refuseUnless(periodMs >= 1 && periodMs !== point.periodMs, 'period');
  return periodMs;
}
