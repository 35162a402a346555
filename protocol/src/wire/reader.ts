import { Code, type CodeNumber } from './codes.ts';
import { fromDouble, fromHalf, fromSingle, halfBits, isNan, singleBits } from './float.ts';
import { limits } from './limits.ts';
import type { WireFailure } from './result.ts';
import { utf8Decode, utf8Fault } from './utf8.ts';

/** CBOR major types as `Reader.head()` gives them. */
export const Major = { uint: 0, nint: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

const nameOfMajor = [
  'unsigned integer',
  'negative integer',
  'bytes',
  'text',
  'array',
  'map',
  'tag',
  'simple value',
];

/**
 * Strict reader of deterministic CBOR over a part of a buffer. The first offence in byte order sticks: it sets `code`, `offset`
 * and `detail`, and every later read gives 0, '' or false at once, so a caller checks `code` where it needs a
 * decision and at the end. Loops over counts are safe: a count is refused before it is returned when fewer bytes are left.
 */
export class Reader {
  bytes: Uint8Array;
  /** Next byte to be read. */
  at: number;
  end: number;
  /** Argument of the last `head()`: integer, length, count, tag number, or additional info of a simple value. */
  argument: number;
  /** 0 until something is refused. */
  code: CodeNumber | 0;
  offset: number;
  detail: string;
  private floatValue: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    this.argument = 0;
    this.code = 0;
    this.offset = 0;
    this.detail = '';
    this.floatValue = 0.5;
  }

  /** Starts again on bytes[start..end). */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.code = 0;
  }

  /** Refuses; only the first call counts. Returns -1 for callers that return a major type. */
  fail(code: CodeNumber, offset: number, detail: string): number {
    if (this.code === 0) {
      this.code = code;
      this.offset = offset;
      this.detail = detail;
    }
    return -1;
  }

  /** What was refused; call only when `code` is not 0. */
  failure(): WireFailure {
    return { code: this.code as CodeNumber, offset: this.offset, detail: this.detail };
  }

  /** Major type of the next item without reading it; -1 at the end or after a failure. */
  peekMajor(): number {
    return this.code === 0 && this.at < this.end ? this.bytes[this.at] >> 5 : -1;
  }

  /** Reads and checks one head; content of bytes and text follows at `at`. -1 after a failure. */
  head(): number {
    if (this.code !== 0) return -1;
    const at = this.at;
    if (at >= this.end) return this.fail(Code.malformed, at, 'ends early');
    const initial = this.bytes[at];
    const major = initial >> 5;
    const info = initial & 31;
    if (major === 7) return this.simpleHead(at, info);
    this.at = at + 1;
    this.argument = info;
    if (info > 23 && !this.longArgument(at, info)) return -1;
    return major < 2 || this.boundsOk(at, major) ? major : -1;
  }

  uint(max: number): number {
    const at = this.at;
    const major = this.head();
    if (major !== 0) return this.mismatch(at, major, 'unsigned integer');
    if (this.argument > max) return this.refuse(at, 'larger than ' + max);
    return this.argument;
  }

  int(): number {
    const at = this.at;
    const major = this.head();
    if (major === 0) return this.argument;
    return major === 1 ? -1 - this.argument : this.mismatch(at, major, 'integer');
  }

  bool(): boolean {
    const at = this.at;
    const major = this.head();
    if (major === 7 && (this.argument === 20 || this.argument === 21)) return this.argument === 21;
    this.mismatch(at, major, 'bool');
    return false;
  }

  /** Reads null if that is next. */
  tryNull(): boolean {
    if (this.code !== 0 || this.at >= this.end || this.bytes[this.at] !== 0xf6) return false;
    this.at++;
    return true;
  }

  float(): number {
    const at = this.at;
    const major = this.head();
    if (major === 7 && this.argument > 24) return this.floatValue;
    return this.mismatch(at, major, 'float');
  }

  /** Passes over a byte string of min..max bytes; its length. It ends at `at`. */
  span(min: number, max: number): number {
    return this.content(Major.bytes, min, max);
  }

  /** A view into the buffer, not a copy. */
  byteString(min: number, max: number): Uint8Array {
    const length = this.content(Major.bytes, min, max);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Text of min..max UTF-8 bytes. */
  text(min: number, max: number): string {
    const length = this.content(Major.text, min, max);
    return this.code === 0 ? utf8Decode(this.bytes, this.at - length, this.at) : '';
  }

  arrayHead(min: number, max: number): number {
    const at = this.at;
    const major = this.head();
    if (major !== Major.array) return this.mismatch(at, major, 'array');
    return this.countIn(at, min, max, 'items');
  }

  /** Number of pairs. Order of keys is the caller's to check: see `keyAfter`. */
  mapHead(min: number): number {
    const at = this.at;
    const major = this.head();
    if (major !== Major.map) return this.mismatch(at, major, 'map');
    return this.countIn(at, min, limits.maxMapPairs, 'pairs');
  }

  tag(): number {
    const at = this.at;
    const major = this.head();
    return major === Major.tag ? this.argument : this.mismatch(at, major, 'tag');
  }

  /**
   * Reads an integer key and holds it against the key before (bytewise order: 0, 1, 2, ... then -1, -2, ...).
   * `previous` is ignored when `first`.
   */
  keyAfter(previous: number, first: boolean): number {
    const at = this.at;
    const key = this.int();
    if (first || this.code !== 0) return key;
    if (key === previous) this.fail(Code.malformed, at, 'duplicate key ' + key);
    else if (previous < 0 ? key > previous : key >= 0 && key < previous) {
      this.fail(Code.notDeterministic, at, 'key ' + key + ' after ' + previous);
    }
    return key;
  }

  /** Passes over one item of any type, checked to the bottom. `depth` = containers and tags it is in. */
  skip(depth: number): void {
    const at = this.at;
    const major = this.head();
    if (major < 2 || major === 7) return;
    if (major < 4) {
      this.passContent(major, this.argument);
      return;
    }
    if (depth >= limits.maxDepth) this.fail(Code.malformed, at, 'nested deeper than ' + limits.maxDepth);
    else if (major === Major.map) this.skipPairs(this.argument, depth + 1);
    else this.skipItems(major === Major.tag ? 1 : this.argument, depth + 1);
  }

  /** One item of any type as its bytes (a view), checked to the bottom. */
  item(depth: number): Uint8Array {
    const start = this.at;
    this.skip(depth);
    return this.bytes.subarray(start, this.at);
  }

  /** Nothing may follow. */
  finish(): void {
    if (this.at < this.end) this.fail(Code.malformed, this.at, this.end - this.at + ' bytes after the end');
  }

  private refuse(at: number, detail: string): number {
    this.fail(Code.schema, at, detail);
    return 0;
  }

  private mismatch(at: number, major: number, wanted: string): number {
    if (major >= 0) this.fail(Code.schema, at, wanted + ' expected, found ' + nameOfMajor[major]);
    return 0;
  }

  private content(wanted: number, min: number, max: number): number {
    const at = this.at;
    const major = this.head();
    if (major !== wanted) return this.mismatch(at, major, nameOfMajor[wanted]);
    const length = this.argument;
    if (length < min || length > max)
      return this.refuse(at, length + ' bytes, allowed ' + min + ' to ' + max);
    this.passContent(major, length);
    return this.code === 0 ? length : 0;
  }

  private passContent(major: number, length: number): void {
    const end = this.at + length;
    if (major === Major.text) {
      const fault = utf8Fault(this.bytes, this.at, end);
      if (fault >= 0) this.fail(Code.malformed, fault, 'not UTF-8');
    }
    this.at = end;
  }

  private countIn(at: number, min: number, max: number, what: string): number {
    const count = this.argument;
    if (count >= min && count <= max) return count;
    return this.refuse(at, count + ' ' + what + ', allowed ' + min + ' to ' + max);
  }

  private skipItems(count: number, depth: number): void {
    for (let i = 0; i < count && this.code === 0; i++) this.skip(depth);
  }

  private skipPairs(count: number, depth: number): void {
    let before = -1;
    let beforeEnd = 0;
    for (let i = 0; i < count && this.code === 0; i++) {
      const start = this.at;
      this.skip(depth);
      if (before >= 0 && this.code === 0) this.compareKeys(before, beforeEnd, start);
      before = start;
      beforeEnd = this.at;
      this.skip(depth);
    }
  }

  private compareKeys(before: number, beforeEnd: number, start: number): void {
    const bytes = this.bytes;
    let i = 0;
    // No key is a prefix of another: their heads say their lengths.
    while (before + i < beforeEnd && bytes[before + i] === bytes[start + i]) i++;
    if (before + i === beforeEnd) this.fail(Code.malformed, start, 'duplicate key');
    else if (bytes[before + i] > bytes[start + i])
      this.fail(Code.notDeterministic, start, 'keys out of order');
  }

  private longArgument(at: number, info: number): boolean {
    if (info > 27) {
      this.fail(
        Code.malformed,
        at,
        info === 31 ? 'indefinite length or break' : 'reserved additional info ' + info,
      );
      return false;
    }
    const size = 1 << (info - 24);
    if (at + 1 + size > this.end) {
      this.fail(Code.malformed, at, 'ends early');
      return false;
    }
    this.at = at + 1 + size;
    return size < 8 ? this.argumentUpTo4(at, size) : this.argumentOf8(at);
  }

  private argumentUpTo4(at: number, size: number): boolean {
    let value = 0;
    for (let i = 1; i <= size; i++) value = value * 256 + this.bytes[at + i];
    this.argument = value;
    if (value >= (size === 1 ? 24 : size === 2 ? 256 : 65536)) return true;
    this.fail(Code.notDeterministic, at, 'integer or length not in its shortest form');
    return false;
  }

  private argumentOf8(at: number): boolean {
    const high = this.be32(at + 1);
    this.argument = high * 4294967296 + this.be32(at + 5);
    if (high === 0) this.fail(Code.notDeterministic, at, 'integer or length not in its shortest form');
    // -1 - argument has to stay exact as well.
    else if (high > 0x1fffff || (this.bytes[at] >> 5 === 1 && this.argument === limits.maxInt)) {
      this.fail(Code.schema, at, 'integer beyond 2^53 - 1');
    }
    return this.code === 0;
  }

  /** Lengths and counts against what is left, before anyone allocates for them. */
  private boundsOk(at: number, major: number): boolean {
    const left = this.end - this.at;
    const argument = this.argument;
    if (major === Major.tag) return true;
    if (major === Major.array && argument > limits.maxArrayItems) {
      this.fail(Code.malformed, at, 'array of ' + argument + ' items');
    } else if (major === Major.map && argument > limits.maxMapPairs) {
      this.fail(Code.malformed, at, 'map of ' + argument + ' pairs');
    } else if ((major === Major.map ? argument * 2 : argument) > left)
      this.fail(Code.malformed, at, 'ends early');
    return this.code === 0;
  }

  private simpleHead(at: number, info: number): number {
    if (info < 20 || info === 23 || info === 24)
      return this.fail(Code.malformed, at, 'undefined or unknown simple value');
    this.at = at + 1;
    this.argument = info;
    return info < 24 || this.floatHead(at, info) ? 7 : -1;
  }

  private floatHead(at: number, info: number): boolean {
    if (info > 27)
      this.fail(
        Code.malformed,
        at,
        info === 31 ? 'indefinite length or break' : 'reserved additional info ' + info,
      );
    else if (at + 1 + (1 << (info - 24)) > this.end) this.fail(Code.malformed, at, 'ends early');
    else if (info === 25) this.half(at);
    else if (info === 26) this.single(at);
    else this.double(at);
    return this.code === 0;
  }

  private half(at: number): void {
    const bits = (this.bytes[at + 1] << 8) | this.bytes[at + 2];
    this.at = at + 3;
    this.floatValue = fromHalf(bits);
    if ((bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0 && bits !== 0x7e00) this.payload(at);
  }

  private single(at: number): void {
    const bits = this.be32(at + 1);
    const value = fromSingle(bits);
    this.at = at + 5;
    this.floatValue = value;
    if (isNan(value) && bits !== 0x7fc00000) this.payload(at);
    else if (halfBits(value) >= 0) this.longFloat(at);
  }

  private double(at: number): void {
    const high = this.be32(at + 1);
    const low = this.be32(at + 5);
    const value = fromDouble(high, low);
    this.at = at + 9;
    this.floatValue = value;
    if (isNan(value) && (high !== 0x7ff80000 || low !== 0)) this.payload(at);
    else if (singleBits(value) >= 0) this.longFloat(at);
  }

  private payload(at: number): void {
    this.fail(Code.malformed, at, 'NaN with a payload');
  }

  private longFloat(at: number): void {
    this.fail(Code.notDeterministic, at, 'float not in its shortest form');
  }

  private be32(at: number): number {
    const bytes = this.bytes;
    return bytes[at] * 16777216 + ((bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]);
  }
}
