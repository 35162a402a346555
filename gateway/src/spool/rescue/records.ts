import { PAGE_BYTES, type PageSource } from './pages.ts';

/** https://sqlite.org/fileformat2.html#b_tree_pages. Interior pages of rowid tables hold no rows; those of indexes do. */
const TABLE_LEAF = 13;
const INDEX_LEAF = 10;
const INDEX_INTERIOR = 2;

const MOST_CELLS = (PAGE_BYTES - 8) / 6;
const TABLE_LOCAL = PAGE_BYTES - 35;
const INDEX_LOCAL = Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23;
const LEAST_LOCAL = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
const MOST_PAYLOAD = 64 * 2 ** 20;

export type Value = number | string | Uint8Array | null;

/** One row, or one entry of an index: which of our tables it is of shows in its columns. */
export interface PageRecord {
  /** Null in an index, and in a table WITHOUT ROWID, which is one. */
  rowId: number | null;
  values: Value[];
}

/**
 * Hands over every record that stands whole in a page, until `take` says that it is enough, and counts what looks like one and is not. It needs no other page than the record's own
 * and its overflow: whatever else is damaged, what can be read is found.
 */
export function readRecords(
  pages: PageSource,
  number: number,
  take: (record: PageRecord) => boolean,
): number {
  const page = pages.page(number);
  if (page === null) return 0;
  const at = number === 1 ? 100 : 0;
  const type = page[at];
  if (type !== TABLE_LEAF && type !== INDEX_LEAF && type !== INDEX_INTERIOR) return 0;
  const cells = page.readUInt16BE(at + 3);
  if (cells > MOST_CELLS) return 1;
  const first = at + (type === INDEX_INTERIOR ? 12 : 8);
  let bad = 0;
  for (let i = 0; i < cells; i += 1) {
    const record = readCell(pages, page, page.readUInt16BE(first + i * 2), type);
    if (record === null) bad += 1;
    else if (!take(record)) break;
  }
  return bad;
}

function readCell(pages: PageSource, page: Buffer, start: number, type: number): PageRecord | null {
  const cursor = { bytes: page, at: type === INDEX_INTERIOR ? start + 4 : start };
  const length = varint(cursor);
  const rowId = type === TABLE_LEAF ? varint(cursor) : null;
  if (!(length > 0 && length <= MOST_PAYLOAD) || Number.isNaN(rowId)) return null;
  const payload = readPayload(pages, cursor, length, type === TABLE_LEAF ? TABLE_LOCAL : INDEX_LOCAL);
  const values = payload === null ? null : readValues(payload);
  return values === null ? null : { rowId, values };
}

/** Local bytes, then a chain of overflow pages. */
function readPayload(pages: PageSource, cursor: Cursor, length: number, most: number): Buffer | null {
  const { bytes, at } = cursor;
  if (length <= most) return at + length <= bytes.length ? bytes.subarray(at, at + length) : null;
  const kept = LEAST_LOCAL + ((length - LEAST_LOCAL) % (PAGE_BYTES - 4));
  const local = kept <= most ? kept : LEAST_LOCAL;
  if (at + local + 4 > bytes.length) return null;
  const parts = [bytes.subarray(at, at + local)];
  let next = bytes.readUInt32BE(at + local);
  for (let left = length - local; left > 0; left -= PAGE_BYTES - 4) {
    const page = next > 1 && next <= pages.count ? pages.page(next) : null;
    if (page === null) return null;
    parts.push(page.subarray(4, 4 + Math.min(left, PAGE_BYTES - 4)));
    next = page.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

/** Header of types, then the values; null unless both end exactly where they say. */
function readValues(payload: Buffer): Value[] | null {
  const types = { bytes: payload, at: 0 };
  const headerEnd = varint(types);
  if (!(headerEnd > 0 && headerEnd <= payload.length)) return null;
  const values: Value[] = [];
  let at = headerEnd;
  while (types.at < headerEnd) {
    const type = varint(types);
    const length = lengthOf(type);
    if (!(length >= 0) || at + length > payload.length) return null;
    values.push(readValue(payload, type, at, length));
    at += length;
  }
  return types.at === headerEnd && at === payload.length ? values : null;
}

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return INTEGER_BYTES[type] ?? Number.NaN;
}

function readValue(payload: Buffer, type: number, at: number, length: number): Value {
  if (type >= 12) {
    const bytes = payload.subarray(at, at + length);
    // A copy: the page behind it is one of many.
    return type % 2 === 0 ? Uint8Array.from(bytes) : bytes.toString('utf8');
  }
  if (type === 0) return null;
  if (type === 7) return payload.readDoubleBE(at);
  if (type === 8 || type === 9) return type - 8;
  return length <= 6 ? payload.readIntBE(at, length) : Number(payload.readBigInt64BE(at));
}

interface Cursor {
  bytes: Buffer;
  at: number;
}

/** NaN when it does not end. Numbers beyond 2^53 lose their last digits: none of ours are. */
function varint(cursor: Cursor): number {
  let value = 0;
  for (let i = 0; i < 9; i += 1) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) return Number.NaN;
    if (i === 8) return value * 256 + byte;
    value = value * 128 + (byte & 127);
    if (byte < 128) return value;
  }
  return Number.NaN;
}
