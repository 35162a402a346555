import { Code, type CodeNumber } from './codes.ts';
import { fromDouble, fromHalf, fromSingle, halfBits, isNan, singleBits } from './float.ts';
import { limits } from './limits.ts';
import type { WireFailure } from './result.ts';

/** CBOR major types as `head()` gives them. */
export const Major = { uint: 0, nint: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;

/**
 * The lower half of Reader: position, the first offence, and one head at a time with everything that can be
 * said of a head alone: shortest form, known simple value, lengths and counts that fit what is left.
 */
export class HeadReader {
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
  /** The last float. */
  floatValue: number;

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
      this.fail(Code.outOfRange, at, 'integer beyond 2^53 - 1');
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
