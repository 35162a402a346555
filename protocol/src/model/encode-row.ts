import { limits, Writer } from '../wire/index.ts';
import { writeArray } from './encode-numbers.ts';
import type { RawValue, RecordEntry } from './entry.ts';
import type { FieldTable, ModelTable } from './table.ts';

/** One raw value as the field's type says. */
export function writeValue(out: Writer, field: FieldTable, value: RawValue): void {
  if (value === null) out.null();
  else if (typeof value === 'number') out.int(value);
  else if (typeof value === 'boolean') out.bool(value);
  else if (typeof value === 'string') out.text(value);
  else if (field.type === 'bytes') out.bytes(value as Uint8Array);
  else if (field.type === 'text') out.textBytes(value as Uint8Array);
  else writeArray(out, value as number[]);
}

/** `[point, dt, ? value/null, ? {key: value}]` with `dtMs` since the row before. */
export function writeRow(out: Writer, table: ModelTable, dtMs: number, entry: RecordEntry): void {
  const point = table.points[entry.point];
  const values = entry.values;
  const first = point.hasValue ? 1 : 0;
  const hasValue = first > 0 && values[0] !== null;
  let pairs = 0;
  for (let i = first; i < values.length; i++) if (values[i] !== null) pairs++;
  out.arrayHead(pairs > 0 ? 4 : hasValue ? 3 : 2);
  out.uint(point.id);
  out.uint(dtMs);
  if (hasValue) writeValue(out, point.fields[0], values[0]);
  else if (pairs > 0) out.null();
  if (pairs === 0) return;
  out.mapHead(pairs);
  for (let i = first; i < values.length; i++) {
    if (values[i] === null) continue;
    out.int(point.fields[i].key);
    writeValue(out, point.fields[i], values[i]);
  }
}

/** Bytes of `writeRow`. */
export function rowSize(table: ModelTable, dtMs: number, entry: RecordEntry): number {
  const out = new Writer(limits.maxMessageBytes);
  writeRow(out, table, dtMs, entry);
  return out.length;
}
