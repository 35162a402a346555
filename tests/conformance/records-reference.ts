import type { FieldTable, ModelTable, RawValue } from '@usewire/protocol/model';
import { decodeMessage, Major, Reader, utf8Decode } from '@usewire/protocol/wire';
import type { RawRecord } from './records-reading.ts';
import { readPackedReference } from './records-reference-packed.ts';
import {
  checkInt,
  checkValue,
  ownPeriod,
  Refused,
  refuseUnless,
  seriesRecords,
  type Tagged,
  type Tree,
  time,
} from './records-reference-rules.ts';

/**
 * A slow decoder of data messages, written from SPEC.md: the general decoder first, then label 7 as a tree, then one rule
 * after the other. It answers only what is accepted; the fast checker has to accept the same and nothing else.
 */
function readTree(reader: Reader): Tree {
  if (reader.tryNull()) return null;
  const major = reader.peekMajor();
  if (major === Major.simple) return reader.bool();
  if (major === Major.bytes) return reader.byteString(0, 1e6);
  if (major === Major.text) {
    reader.head();
    const from = reader.at;
    reader.at = from + reader.argument;
    return utf8Decode(reader.bytes, from, reader.at);
  }
  if (major === Major.uint || major === Major.nint) return reader.int();
  return readContainer(reader, major);
}

function readContainer(reader: Reader, major: number): Tree {
  if (major === Major.tag) return { tag: reader.tag(), content: readTree(reader) };
  const count = major === Major.map ? reader.mapHead(0) : reader.arrayHead(0, 65536);
  if (major === Major.array) return Array.from({ length: count }, () => readTree(reader));
  return new Map(Array.from({ length: count }, () => [readTree(reader), readTree(reader)] as [Tree, Tree]));
}

function asUint(item: Tree | undefined): number {
  refuseUnless(typeof item === 'number' && item >= 0, 'an unsigned integer is needed');
  return item as number;
}

function asArray(item: Tree | undefined): Tree[] {
  refuseUnless(Array.isArray(item), 'an array is needed');
  return item as Tree[];
}

function checkOptional(field: FieldTable, value: Tree | undefined): RawValue {
  if (value !== undefined && value !== null) return checkValue(field, value);
  refuseUnless(field.optional, `${field.name} is missing`);
  return null;
}

function pointOf(table: ModelTable, id: Tree | undefined): number {
  const index = table.points.findIndex((point) => point.id === asUint(id));
  refuseUnless(index >= 0, 'no such point');
  return index;
}

const typed = new Map([
  [64, { width: 1, signed: false }],
  [69, { width: 2, signed: false }],
  [70, { width: 4, signed: false }],
  [72, { width: 1, signed: true }],
  [77, { width: 2, signed: true }],
  [78, { width: 4, signed: true }],
]);

function elements(item: Tagged): number[] {
  const form = typed.get(item.tag);
  const bytes = item.content;
  refuseUnless(
    form !== undefined && bytes instanceof Uint8Array && bytes.length % form.width === 0,
    'typed array',
  );
  const { width, signed } = form!;
  const view = Buffer.from(bytes as Uint8Array);
  return Array.from({ length: view.length / width }, (_, i) =>
    signed ? view.readIntLE(i * width, width) : view.readUIntLE(i * width, width),
  );
}

function isTagged(item: Tree | undefined): item is Tagged {
  return typeof item === 'object' && item !== null && 'tag' in item;
}

function samplesOf(item: Tree | undefined): number[] {
  if (isTagged(item)) return elements(item);
  let value = 0;
  return asArray(item).map((difference) => {
    refuseUnless(typeof difference === 'number', 'a difference is no integer');
    value += difference as number;
    refuseUnless(Math.abs(value) <= Number.MAX_SAFE_INTEGER, 'a sample is beyond 2^53 - 1');
    return value;
  });
}

function readSeries(table: ModelTable, index: number, from: { baseMs: number; entry: Tree[] }): RawRecord[] {
  const point = table.points[index]!;
  refuseUnless(from.entry.length === 3 || from.entry.length === 4, 'items of a series');
  const samples = samplesOf(from.entry[2]);
  for (const sample of samples) checkInt(point.fields[0]!, sample);
  const periodMs = from.entry.length === 4 ? ownPeriod(point, asUint(from.entry[3])) : point.periodMs;
  return seriesRecords(index, { atMs: from.baseMs + asUint(from.entry[1]), periodMs }, samples);
}

function readRow(table: ModelTable, index: number, from: { atMs: number; entry: Tree[] }): RawRecord {
  const point = table.points[index]!;
  const [, , value, attributes] = from.entry;
  refuseUnless(from.entry.length <= 4 && !(from.entry.length === 3 && value === null), 'items of a row');
  const fields = point.fields.slice(point.hasValue ? 1 : 0);
  const pairs = attributes ?? new Map<Tree, Tree>();
  refuseUnless(pairs instanceof Map && (attributes === undefined || pairs.size > 0), 'attributes');
  const given = pairs as Map<Tree, Tree>;
  for (const [key, item] of given) {
    refuseUnless(item !== null && fields.some((field) => field.key === key), 'an unknown attribute or null');
  }
  if (!point.hasValue) refuseUnless(value === undefined || value === null, 'no value');
  const values = point.hasValue ? [checkOptional(point.fields[0]!, value)] : [];
  return {
    point: index,
    atMs: from.atMs,
    values: [...values, ...fields.map((field) => checkOptional(field, given.get(field.key)))],
  };
}

function readColumns(table: ModelTable, baseMs: number, entry: Tree[]): RawRecord[] {
  refuseUnless(entry.length === 4, 'items of columns');
  const points = asArray(entry[0]).map((id) => pointOf(table, id));
  const tick = [1, 10, 100, 1000, 10000, 60000][asUint(entry[1])];
  const unsigned = isTagged(entry[2]) && !typed.get(entry[2].tag)?.signed;
  const steps = unsigned ? elements(entry[2] as Tagged) : asArray(entry[2]).map(asUint);
  refuseUnless(points.length > 0 && points.length === steps.length && tick !== undefined, 'shape of columns');
  const values = asArray(entry[3]);
  let used = 0;
  let atMs = baseMs;
  const records = points.map((index, i) => {
    const point = table.points[index]!;
    refuseUnless(point.kind !== 'series', 'a series in columns');
    atMs = time(atMs + steps[i]! * tick!);
    return { point: index, atMs, values: point.fields.map((field) => checkOptional(field, values[used++])) };
  });
  refuseUnless(used === values.length, 'number of values');
  return records;
}

function readPlain(table: ModelTable, baseMs: number, entries: Tree[]): RawRecord[] {
  refuseUnless(entries.length > 0, 'no entries');
  let rowMs = baseMs;
  return entries.flatMap((item) => {
    const entry = asArray(item);
    if (Array.isArray(entry[0])) return readColumns(table, baseMs, entry);
    refuseUnless(entry.length >= 2, 'items of an entry');
    const index = pointOf(table, entry[0]);
    if (table.points[index]!.kind === 'series') return readSeries(table, index, { baseMs, entry });
    rowMs = time(rowMs + asUint(entry[1]));
    return [readRow(table, index, { atMs: rowMs, entry })];
  });
}

/** The records of a data message, or null where it has to be refused. */
export function readReference(table: ModelTable, bytes: Uint8Array): RawRecord[] | null {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok || decoded.value.kind !== 1) return null;
  const message = decoded.value;
  try {
    refuseUnless(Buffer.compare(message.modelHash, table.hash.subarray(0, 4)) === 0, 'another model');
    refuseUnless((message.subject ?? 0) <= table.subjects.length, 'subject');
    const item = readTree(new Reader(message.records));
    const records =
      item instanceof Uint8Array
        ? readPackedReference(table, message.uptimeMs, item)
        : readPlain(table, message.uptimeMs, asArray(item));
    refuseUnless(records.length <= 65536, 'too many records');
    return records;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}
