import { Code } from '../wire/index.ts';
import { readArgument, readCount, refuseAt } from './decode-cursor.ts';
import type { DecodeState } from './decode-state.ts';

/** An array of integers (`width` 0) or an RFC 8746 typed array of `width` bytes an element, little endian. */
export interface NumberList {
  count: number;
  width: number;
  signed: boolean;
}

/** Tags of RFC 8746 that POU 1 uses. */
const typedArrays = new Map<number, { width: number; signed: boolean }>([
  [64, { width: 1, signed: false }],
  [69, { width: 2, signed: false }],
  [70, { width: 4, signed: false }],
  [72, { width: 1, signed: true }],
  [77, { width: 2, signed: true }],
  [78, { width: 4, signed: true }],
]);

const list: NumberList = { count: 0, width: 0, signed: false };

/** Reads the head of a list. The answer is reused by the next call. */
export function openList(s: DecodeState, what: string): NumberList {
  list.width = 0;
  list.signed = true;
  const start = s.pos;
  if (s.pos < s.end && s.bytes[s.pos]! >> 5 === 6) openTyped(s, what);
  else list.count = readCount(s, 4, what);
  if (list.count === 0) refuseAt(s, start, Code.schema, `${what} has no elements`);
  return list;
}

function openTyped(s: DecodeState, what: string): void {
  const tagAt = s.pos;
  const tag = readArgument(s, 6, what);
  const form = typedArrays.get(tag);
  list.count = 0;
  if (form === undefined) {
    refuseAt(s, tagAt, Code.schema, `${what} has tag ${tag}, which is no typed array of integers`);
    return;
  }
  const start = s.pos;
  const length = readCount(s, 2, what);
  if (length % form.width !== 0) refuseAt(s, start, Code.schema, `${what} ends inside an element`);
  list.width = form.width;
  list.signed = form.signed;
  list.count = length / form.width;
}

/** The next element of a typed array; `openList` has checked that all of them are there. */
export function readElement(s: DecodeState, from: NumberList): number {
  const bytes = s.bytes;
  const at = s.pos;
  if (s.code !== 0) return 0;
  s.pos = at + from.width;
  if (from.width === 1) return from.signed ? (bytes[at]! << 24) >> 24 : bytes[at]!;
  const low = bytes[at]! | (bytes[at + 1]! << 8);
  if (from.width === 2) return from.signed ? (low << 16) >> 16 : low;
  const word = low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return from.signed ? word : word >>> 0;
}
