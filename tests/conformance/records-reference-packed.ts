import type { FieldTable, ModelTable, PointTable, RawValue } from '@usewire/protocol/model';
import {
  BitReader,
  bitsFor,
  type RiceState,
  riceStart,
  riceState,
  unzigzag,
  utf8Decode,
  utf8Fault,
} from '@usewire/protocol/wire';
import type { RawRecord } from './records-reading.ts';
import {
  checkInt,
  checkNumbers,
  checkValue,
  ownPeriod,
  refuseUnless,
  seriesRecords,
  time,
} from './records-reference-rules.ts';

const ticks = [1, 10, 100, 1000, 10000, 60000];

/** Delta fields of the message: what came before, by field. */
type Deltas = Map<FieldTable, { last: number; rice: RiceState }>;

function sound(bits: BitReader): void {
  refuseUnless(bits.code === 0, bits.detail);
}

function readRanged(bits: BitReader, field: FieldTable): number {
  const min = field.min!;
  const codes = field.max! - min + 1;
  const code = bits.bits(bitsFor(field.outside === 'keep' ? codes + 1 : codes));
  if (field.outside === 'refuse' || code < codes) return min + code;
  refuseUnless(code === codes, 'a code above the escape');
  const value = unzigzag(bits.eg(8));
  refuseUnless(value < min || value > field.max!, 'an escape inside the range');
  return value;
}

function readInt(bits: BitReader, field: FieldTable): number {
  const codes =
    field.max === undefined ? Infinity : field.max - field.min! + (field.outside === 'keep' ? 2 : 1);
  if (field.min !== undefined && codes <= 2 ** 32) return readRanged(bits, field);
  const unsigned = field.min !== undefined && field.min >= 0 && field.outside === 'refuse';
  return unsigned ? bits.eg(4) : unzigzag(bits.eg(4));
}

function readDelta(bits: BitReader, field: FieldTable, deltas: Deltas): number {
  const before = deltas.get(field);
  if (before === undefined) {
    const first = readInt(bits, field);
    deltas.set(field, { last: first, rice: riceState(riceStart.difference) });
    return first;
  }
  before.last += unzigzag(bits.rice(before.rice));
  refuseUnless(Math.abs(before.last) <= Number.MAX_SAFE_INTEGER, 'beyond 2^53 - 1');
  return before.last;
}

function readText(bits: BitReader): string {
  const bytes = bits.octets(bits.eg(3));
  refuseUnless(utf8Fault(bytes, 0, bytes.length) < 0, 'UTF-8');
  return utf8Decode(bytes, 0, bytes.length);
}

function readNumbers(bits: BitReader, field: FieldTable): number[] {
  if (field.type === 'location') {
    const at = [unzigzag(bits.eg(20)), unzigzag(bits.eg(20))];
    return bits.bits(1) === 1 ? [...at, bits.eg(4)] : at;
  }
  const buckets = bits.eg(3);
  refuseUnless(buckets <= bits.bitsLeft(), 'buckets');
  const signed = [1, 2, 3, 4, 6];
  return Array.from({ length: 7 + buckets }, (_, i) =>
    signed.includes(i) ? unzigzag(bits.eg(4)) : bits.eg(4),
  );
}

function readField(bits: BitReader, field: FieldTable, deltas: Deltas): RawValue {
  if (field.optional && bits.bits(1) === 0) return null;
  if (field.type === 'bool') return bits.bits(1) === 1;
  if (field.type === 'enum') return checkValue(field, bits.bits(bitsFor(field.labels!.length)));
  if (field.type === 'int') {
    const value = field.delta ? readDelta(bits, field, deltas) : readInt(bits, field);
    checkInt(field, value);
    return value;
  }
  if (field.type === 'text') return checkValue(field, readText(bits));
  if (field.type === 'bytes') return checkValue(field, bits.octets(bits.eg(3)));
  const numbers = readNumbers(bits, field);
  sound(bits);
  checkNumbers(field, numbers);
  return numbers;
}

function readPoint(bits: BitReader, table: ModelTable): number {
  const index = bits.bits(bitsFor(table.points.length));
  refuseUnless(index < table.points.length, 'no such point');
  return index;
}

function readSamples(bits: BitReader, point: PointTable, count: number): number[] {
  const field = point.fields[0]!;
  const rice = riceState(riceStart.difference);
  const samples = [readInt(bits, field)];
  for (let i = 1; i < count; i++) samples.push(samples[i - 1]! + unzigzag(bits.rice(rice)));
  sound(bits);
  for (const sample of samples) {
    refuseUnless(Math.abs(sample) <= Number.MAX_SAFE_INTEGER, 'beyond 2^53 - 1');
    checkInt(field, sample);
  }
  return samples;
}

function readSeries(bits: BitReader, table: ModelTable, baseMs: number): RawRecord[] {
  const index = readPoint(bits, table);
  const point = table.points[index]!;
  refuseUnless(point.kind === 'series', 'no series');
  const atMs = baseMs + bits.eg(10);
  const periodMs = bits.bits(1) === 1 ? ownPeriod(point, bits.eg(10)) : point.periodMs;
  const count = bits.eg(6) + 1;
  refuseUnless(count - 1 <= bits.bitsLeft(), 'samples');
  sound(bits);
  return seriesRecords(index, { atMs, periodMs }, readSamples(bits, point, count));
}

/** The records of a bit stream; throws where it has to be refused. */
export function readPackedReference(table: ModelTable, baseMs: number, stream: Uint8Array): RawRecord[] {
  const bits = new BitReader();
  bits.reset(stream, 0, stream.length);
  const tick = ticks[bits.bits(3)];
  refuseUnless(tick !== undefined, 'tick');
  const records: RawRecord[] = [];
  const series = bits.eg(0);
  for (let i = 0; i < series && bits.code === 0; i++) records.push(...readSeries(bits, table, baseMs));
  const times = riceState(riceStart.time);
  const deltas: Deltas = new Map();
  let atMs = baseMs;
  const count = bits.eg(4);
  for (let i = 0; i < count && bits.code === 0; i++) {
    const index = readPoint(bits, table);
    const point = table.points[index]!;
    refuseUnless(point.kind !== 'series', 'a series among records');
    atMs = time(atMs + bits.rice(times) * tick!);
    records.push({ point: index, atMs, values: point.fields.map((field) => readField(bits, field, deltas)) });
  }
  sound(bits);
  refuseUnless(records.length > 0, 'no records');
  bits.finish();
  sound(bits);
  return records;
}
