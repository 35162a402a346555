/**
 * UTF-8 by hand: the core has no TextDecoder. On boards whose strings are bytes already, give bytes to `Writer.textBytes`.
 */

// Least and greatest second byte by first byte: keeps out overlong forms, surrogates and above U+10FFFF
// (Unicode 15, table 3-7).
function secondByteOk(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0 && second <= 0xbf;
  if (first === 0xed) return second >= 0x80 && second <= 0x9f;
  if (first === 0xf0) return second >= 0x90 && second <= 0xbf;
  if (first === 0xf4) return second >= 0x80 && second <= 0x8f;
  return second >= 0x80 && second <= 0xbf;
}

/** Bytes of the sequence that starts with this byte; 0 when none may. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 3;
  return first < 0xf5 ? 4 : 0;
}

function sequenceOk(bytes: Uint8Array, at: number, length: number): boolean {
  if (!secondByteOk(bytes[at], bytes[at + 1])) return false;
  for (let i = 2; i < length; i++) {
    if ((bytes[at + i] & 0xc0) !== 0x80) return false;
  }
  return true;
}

/** Where the first wrong byte sequence starts, or -1. */
export function utf8Fault(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    if (bytes[at] < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(bytes[at]);
    if (length === 0 || at + length > end || !sequenceOk(bytes, at, length)) return at;
    at += length;
  }
  return -1;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let value = length === 1 ? bytes[at] : bytes[at] & (0x7f >> length);
  for (let i = 1; i < length; i++) value = (value << 6) | (bytes[at + i] & 0x3f);
  return value;
}

/** Text of bytes that `utf8Fault` found right. */
export function utf8Decode(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  while (at < end) {
    const length = sequenceLength(bytes[at]);
    const point = codePoint(bytes, at, length);
    if (point < 0x10000) text += String.fromCharCode(point);
    else text += String.fromCharCode(0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
    at += length;
  }
  return text;
}

/** Code point at an index; a lone surrogate is U+FFFD, as every web API does. */
function pointAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const next = index + 1 < text.length ? text.charCodeAt(index + 1) : 0;
  if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) return 0xfffd;
  return (unit - 0xd7c0) * 0x400 + (next - 0xdc00);
}

function pointLength(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** Bytes that `utf8Write` would write. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    length += pointLength(point);
    if (point > 0xffff) i++;
  }
  return length;
}

/** Writes text at an offset of a buffer that is large enough; the offset after it. */
export function utf8Write(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    const point = pointAt(text, i);
    const length = pointLength(point);
    if (length === 1) bytes[at] = point;
    else {
      for (let j = length - 1; j > 0; j--) bytes[at + j] = 0x80 | ((point >> (6 * (length - 1 - j))) & 0x3f);
      bytes[at] = ((0xf00 >> length) & 0xff) | (point >> (6 * (length - 1)));
    }
    at += length;
    if (point > 0xffff) i++;
  }
  return at;
}
