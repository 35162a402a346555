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

const character = String.fromCharCode;

/** Text of bytes that may be wrong: these give a text with other bytes, and no error. */
export function utf8Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    let point = bytes[at++];
    let more = point < 0xc0 ? 0 : point < 0xe0 ? 1 : point < 0xf0 ? 2 : 3;
    if (more > 0) point &= 0x3f >> more;
    for (; more > 0; more--) point = (point << 6) | (bytes[at++] & 0x3f);
    if (point > 0xffff) {
      text += character(0xd7c0 + (point >> 10));
      point = 0xdc00 + (point & 0x3ff);
    }
    text += character(point);
  }
  return text;
}

/** Writes text at an offset of a buffer that is large enough; the offset after it. A lone surrogate is U+FFFD, as in every web API. */
export function utf8Write(text: string, bytes: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    let point = text.charCodeAt(i);
    if (point >> 11 === 27) {
      const low = text.charCodeAt(i + 1);
      if (point < 0xdc00 && low >> 10 === 55) {
        point = (point - 0xd7c0) * 0x400 + (low & 0x3ff);
        i++;
      } else point = 0xfffd;
    }
    let more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    bytes[at++] = more > 0 ? (0xf80 >> more) | (point >> (6 * more)) : point;
    while (more-- > 0) bytes[at++] = 0x80 | ((point >> (6 * more)) & 0x3f);
  }
  return at;
}

const nowhere = new Uint8Array(0);

/** Bytes that `utf8Write` would write. */
export const utf8Length = (text: string): number => utf8Write(text, nowhere, 0);

export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  utf8Write(text, bytes, 0);
  return bytes;
}
