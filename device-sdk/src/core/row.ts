import type { RawValue } from '@usewire/protocol/model';
import type { ByteBuffer, ByteCursor } from './byte-buffer.ts';

/**
 * A row is one record in the journal: point index, absolute uptime, values with their types.
 * It needs no model to be read, so a row that was written by an older model is still counted and, with that model, encoded.
 */
const Tag = { none: 0, no: 1, yes: 2, plus: 3, minus: 4, text: 5, bytes: 6, list: 7, small: 16 } as const;
const largestSmall = 255 - Tag.small;

export function writeNone(out: ByteBuffer): void {
  out.u8(Tag.none);
}

export function writeBool(out: ByteBuffer, value: boolean): void {
  out.u8(value ? Tag.yes : Tag.no);
}

/** A whole number within 2^53 - 1. */
export function writeInt(out: ByteBuffer, value: number): void {
  if (value >= 0 && value <= largestSmall) out.u8(Tag.small + value);
  else if (value >= 0) {
    out.u8(Tag.plus);
    out.varint(value);
  } else {
    out.u8(Tag.minus);
    out.varint(-1 - value);
  }
}

/** UTF-16 units: what the string is to the program, whatever its encoding on the wire. */
export function writeText(out: ByteBuffer, value: string): void {
  out.u8(Tag.text);
  out.varint(value.length);
  for (let i = 0; i < value.length; i++) out.varint(value.charCodeAt(i));
}

export function writeBytes(out: ByteBuffer, value: Uint8Array): void {
  out.u8(Tag.bytes);
  out.varint(value.length);
  out.raw(value);
}

export function writeList(out: ByteBuffer, values: number[]): void {
  out.u8(Tag.list);
  out.varint(values.length);
  for (let i = 0; i < values.length; i++) writeInt(out, values[i]);
}

function readInt(cursor: ByteCursor, tag: number): number {
  if (tag >= Tag.small) return tag - Tag.small;
  const value = cursor.varint();
  return tag === Tag.minus ? -1 - value : value;
}

function readText(cursor: ByteCursor): string {
  const length = cursor.varint();
  let value = '';
  for (let i = 0; i < length && cursor.ok; i++) value += String.fromCharCode(cursor.varint());
  return value;
}

function readList(cursor: ByteCursor): number[] {
  const length = cursor.varint();
  const values: number[] = [];
  for (let i = 0; i < length && cursor.ok; i++) values.push(readInt(cursor, cursor.u8()));
  return values;
}

function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

export function readValue(cursor: ByteCursor): RawValue {
  const tag = cursor.u8();
  switch (tag) {
    case Tag.none:
      return null;
    case Tag.no:
      return false;
    case Tag.yes:
      return true;
    case Tag.text:
      return readText(cursor);
    case Tag.bytes:
      return copyOf(cursor.take(cursor.varint()));
    case Tag.list:
      return readList(cursor);
    default:
      return readInt(cursor, tag);
  }
}

export interface Row {
  point: number;
  atMs: number;
  values: RawValue[];
}

/** Head of a row; its `fields` values follow. */
export function writeRowHead(out: ByteBuffer, point: number, atMs: number, fields: number): void {
  out.varint(point);
  out.varint(atMs);
  out.u8(fields);
}

/** The next row, or null at the end or where the bytes are no row. */
export function readRow(cursor: ByteCursor): Row | null {
  if (cursor.at >= cursor.end) return null;
  const point = cursor.varint();
  const atMs = cursor.varint();
  const count = cursor.u8();
  const values: RawValue[] = [];
  for (let i = 0; i < count && cursor.ok; i++) values.push(readValue(cursor));
  return cursor.ok ? { point: point, atMs: atMs, values: values } : null;
}
