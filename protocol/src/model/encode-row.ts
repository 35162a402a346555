import { utf8Length, type Writer } from '../wire/index.ts';
import { headSize, intSize } from './encode-numbers.ts';
import type { RawValue, RecordEntry } from './entry.ts';
import type { FieldTable, ModelTable, PointTable } from './table.ts';

function writeNumbers(out: Writer, numbers: number[]): void {
  out.arrayHead(numbers.length);
  for (let i = 0; i < numbers.length; i++) out.int(numbers[i]);
}

/** One raw value as the field's type says. */
export function writeValue(out: Writer, field: FieldTable, value: RawValue): void {
  if (value === null) out.null();
  else if (typeof value === 'number') out.int(value);
  else if (typeof value === 'boolean') out.bool(value);
  else if (typeof value === 'string') out.text(value);
  else if (field.type === 'bytes') out.bytes(value as Uint8Array);
  else if (field.type === 'text') out.textBytes(value as Uint8Array);
  else writeNumbers(out, value as number[]);
}

function numbersSize(numbers: number[]): number {
  let size = headSize(numbers.length);
  for (let i = 0; i < numbers.length; i++) size += intSize(numbers[i]);
  return size;
}

/** Bytes of `writeValue`. */
export function valueSize(field: FieldTable, value: RawValue): number {
  if (typeof value === 'number') return intSize(value);
  if (value === null || typeof value === 'boolean') return 1;
  let length = 0;
  if (typeof value === 'string') length = utf8Length(value);
  else if (field.type === 'bytes' || field.type === 'text') length = value.length;
  else return numbersSize(value as number[]);
  return headSize(length) + length;
}

function countPairs(values: RawValue[], first: number): number {
  let pairs = 0;
  for (let i = first; i < values.length; i++) {
    if (values[i] !== null) pairs++;
  }
  return pairs;
}

function hasOwnValue(point: PointTable, entry: RecordEntry): boolean {
  return point.hasValue && entry.values[0] !== null;
}

/** `[point, dt, ? value/null, ? {key: value}]` with `dtMs` since the row before. */
export function writeRow(out: Writer, table: ModelTable, dtMs: number, entry: RecordEntry): void {
  const point = table.points[entry.point];
  const first = point.hasValue ? 1 : 0;
  const pairs = countPairs(entry.values, first);
  const valued = hasOwnValue(point, entry);
  out.arrayHead(pairs > 0 ? 4 : valued ? 3 : 2);
  out.uint(point.id);
  out.uint(dtMs);
  if (valued) writeValue(out, point.fields[0], entry.values[0]);
  else if (pairs > 0) out.null();
  if (pairs === 0) return;
  out.mapHead(pairs);
  for (let i = first; i < entry.values.length; i++) {
    if (entry.values[i] === null) continue;
    out.int(point.fields[i].key);
    writeValue(out, point.fields[i], entry.values[i]);
  }
}

/** Bytes of `writeRow`. */
export function rowSize(table: ModelTable, dtMs: number, entry: RecordEntry): number {
  const point = table.points[entry.point];
  const first = point.hasValue ? 1 : 0;
  const pairs = countPairs(entry.values, first);
  let size = 1 + headSize(point.id) + headSize(dtMs);
  if (hasOwnValue(point, entry)) size += valueSize(point.fields[0], entry.values[0]);
  else if (pairs > 0) size += 1;
  if (pairs === 0) return size;
  size += headSize(pairs);
  for (let i = first; i < entry.values.length; i++) {
    if (entry.values[i] === null) continue;
    size += intSize(point.fields[i].key) + valueSize(point.fields[i], entry.values[i]);
  }
  return size;
}
