import { doubleBits, halfBits, singleBits } from './float.ts';
import { limits } from './limits.ts';
import { utf8Length, utf8Write } from './utf8.ts';

const doubleParts = { high: 0, low: 0 };

function headSize(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 256) return 2;
  if (argument < 65536) return 3;
  return argument <= limits.maxU32 ? 5 : 9;
}

function requireInt(value: number, min: number): void {
  if (!(value >= min && value <= limits.maxInt) || Math.floor(value) !== value) {
    throw new Error('not an integer that CBOR can carry here: ' + value);
  }
}

/**
 * Deterministic CBOR into one growing buffer that never passes `maxBytes`. A write that would is left out and sets
 * `overflowed`; the caller splits or drops. A number that is no integer where one is needed is a bug and throws.
 */
export class Writer {
  /** Some write did not fit; what is in the buffer is not a whole item. */
  overflowed: boolean;
  private buffer: Uint8Array;
  private used: number;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.buffer = new Uint8Array(Math.min(maxBytes, 64));
    this.used = 0;
    this.overflowed = false;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  /** Starts again with the same buffer. */
  reset(): void {
    this.used = 0;
    this.overflowed = false;
  }

  /** An integer from 0 to 2^53 - 1. */
  uint(value: number): void {
    if (value >= 0 && value < 24 && (value | 0) === value && this.room(1)) this.buffer[this.used++] = value;
    else {
      requireInt(value, 0);
      this.head(0, value);
    }
  }

  /** An integer from -(2^53 - 1) to 2^53 - 1. */
  int(value: number): void {
    if (value >= 0) this.uint(value);
    else {
      requireInt(value, -limits.maxInt);
      this.head(32, -1 - value);
    }
  }

  bytes(value: Uint8Array): void {
    this.head(64, value.length);
    this.raw(value);
  }

  text(value: string): void {
    const size = utf8Length(value);
    this.head(96, size);
    if (this.room(size)) this.used = utf8Write(value, this.buffer, this.used);
  }

  /** Text whose UTF-8 bytes are at hand, as on boards whose strings are bytes. */
  textBytes(utf8: Uint8Array): void {
    this.head(96, utf8.length);
    this.raw(utf8);
  }

  arrayHead(count: number): void {
    requireInt(count, 0);
    this.head(128, count);
  }

  mapHead(pairs: number): void {
    requireInt(pairs, 0);
    this.head(160, pairs);
  }

  tag(number: number): void {
    requireInt(number, 0);
    this.head(192, number);
  }

  bool(value: boolean): void {
    this.byte(value ? 0xf5 : 0xf4);
  }

  null(): void {
    this.byte(0xf6);
  }

  /** The shortest of float16, float32, float64 that keeps the value; every NaN is f97e00. */
  float(value: number): void {
    const half = halfBits(value);
    if (half >= 0) {
      if (!this.room(3)) return;
      this.byte(0xf9);
      this.byte(half >> 8);
      this.byte(half & 255);
      return;
    }
    const single = singleBits(value);
    if (single >= 0) {
      if (!this.room(5)) return;
      this.byte(0xfa);
      this.be32(single);
      return;
    }
    doubleBits(value, doubleParts);
    if (!this.room(9)) return;
    this.byte(0xfb);
    this.be32(doubleParts.high);
    this.be32(doubleParts.low);
  }

  /** Bytes as they are: an item that is encoded already. */
  raw(encoded: Uint8Array): void {
    if (!this.room(encoded.length)) return;
    this.buffer.set(encoded, this.used);
    this.used += encoded.length;
  }

  /** A copy of what was written. Throws when it overflowed: check `overflowed` first. */
  finish(): Uint8Array {
    if (this.overflowed) throw new Error('Writer.finish() after overflow of ' + this.maxBytes + ' bytes');
    return new Uint8Array(this.buffer.subarray(0, this.used));
  }

  private byte(value: number): void {
    if (this.room(1)) this.buffer[this.used++] = value;
  }

  private room(more: number): boolean {
    const needed = this.used + more;
    if (needed <= this.buffer.length && !this.overflowed) return true;
    if (needed > this.maxBytes || this.overflowed) {
      this.overflowed = true;
      return false;
    }
    let size = this.buffer.length * 2;
    if (size < needed) size = needed;
    if (size > this.maxBytes) size = this.maxBytes;
    const grown = new Uint8Array(size);
    grown.set(this.buffer);
    this.buffer = grown;
    return true;
  }

  private be32(value: number): void {
    const at = this.used;
    this.buffer[at] = value >>> 24;
    this.buffer[at + 1] = (value >>> 16) & 255;
    this.buffer[at + 2] = (value >>> 8) & 255;
    this.buffer[at + 3] = value & 255;
    this.used = at + 4;
  }

  /** `major` is the major type shifted into place: 0, 32, 64, ... */
  private head(major: number, argument: number): void {
    const size = headSize(argument);
    if (!this.room(size)) return;
    if (size === 1) this.buffer[this.used++] = major | argument;
    else this.longHead(major, argument, size);
  }

  private longHead(major: number, argument: number, size: number): void {
    const info = size === 2 ? 24 : size === 3 ? 25 : size === 5 ? 26 : 27;
    this.buffer[this.used++] = major | info;
    if (size === 9) this.be32(Math.floor(argument / 4294967296));
    if (size >= 5) {
      this.be32(argument % 4294967296);
      return;
    }
    if (size === 3) this.buffer[this.used++] = argument >> 8;
    this.buffer[this.used++] = argument & 255;
  }
}
