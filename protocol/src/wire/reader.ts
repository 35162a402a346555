import { Code } from './codes.ts';
import { HeadReader, Major } from './head-reader.ts';
import { limits } from './limits.ts';
import { utf8Decode, utf8Fault } from './utf8.ts';

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
export class Reader extends HeadReader {
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
}
