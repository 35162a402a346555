import { ByteSink } from './byte-sink.ts';
import { floatItem } from './float.ts';
import { limits } from './limits.ts';
import { utf8Length, utf8Write } from './utf8.ts';

function requireInt(value: number, min: number): void {
  if (!(value >= min && value <= limits.maxInt) || value % 1 !== 0)
    throw new Error('not an integer that fits: ' + value);
}

/**
 * Deterministic CBOR into one growing buffer that never passes `maxBytes`. A write that would is left out and sets
 * `overflowed`; the caller splits or drops. A number that is no integer where one is needed is a bug and throws.
 */
export class Writer extends ByteSink {
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
    this.raw(floatItem(value));
  }

  /** Bytes as they are: an item that is encoded already. */
  raw(encoded: Uint8Array): void {
    if (!this.room(encoded.length)) return;
    this.buffer.set(encoded, this.used);
    this.used += encoded.length;
  }

  /** A copy of what was written. Throws when it overflowed: check `overflowed` first. */
  finish(): Uint8Array {
    return this.copy(this.used);
  }

  private byte(value: number): void {
    if (this.room(1)) this.buffer[this.used++] = value;
  }

  private room(more: number): boolean {
    return this.reach(this.used + more);
  }

  /** `major` is the major type shifted into place: 0, 32, 64, ... */
  private head(major: number, argument: number): void {
    let info = 23;
    if (argument > 23)
      info = argument < 256 ? 24 : argument < 65536 ? 25 : argument <= limits.maxU32 ? 26 : 27;
    const size = info > 23 ? 1 << (info - 24) : 0;
    if (!this.room(1 + size)) return;
    this.buffer[this.used++] = major | (size > 0 ? info : argument);
    for (let i = size - 1; i >= 0; i--) this.buffer[this.used++] = Math.floor(argument / Math.pow(256, i));
  }
}
