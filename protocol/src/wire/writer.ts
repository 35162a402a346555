import { ByteSink, requireUint } from './byte-sink.ts';
import { floatItem } from './float.ts';
import { maxInt, maxU32 } from './limits.ts';
import { pow2 } from './rice.ts';
import { utf8Length, utf8Write } from './utf8.ts';

/** Arguments from here on take 1, 2, 4, 8 bytes after the initial one. */
const reaches = [24, 256, 65536, maxU32 + 1];

/**
 * Deterministic CBOR into one growing buffer that never passes `maxBytes`. A write that would is left out and sets
 * `overflowed`; the caller splits or drops. A number that is no integer where one is needed is a bug and throws.
 */
export class Writer extends ByteSink {
  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  /** An integer from 0 to 2^53 - 1. */
  uint(value: number): void {
    // Most integers are small.
    if (value >= 0 && value < 24 && (value | 0) === value) this.byte(value);
    else this.head(0, value);
  }

  /** An integer from -(2^53 - 1) to 2^53 - 1. */
  int(value: number): void {
    if (value < 0) this.head(32, -1 - value);
    else this.uint(value);
  }

  bytes(value: Uint8Array): void {
    this.string(64, value);
  }

  text(value: string): void {
    const size = utf8Length(value);
    this.head(96, size);
    if (this.room(size)) this.used = utf8Write(value, this.buffer, this.used);
  }

  /** Text whose UTF-8 bytes are at hand, as on boards whose strings are bytes. */
  textBytes(utf8: Uint8Array): void {
    this.string(96, utf8);
  }

  arrayHead(count: number): void {
    this.head(128, count);
  }

  mapHead(pairs: number): void {
    this.head(160, pairs);
  }

  tag(number: number): void {
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

  private string(major: number, content: Uint8Array): void {
    this.head(major, content.length);
    this.raw(content);
  }

  /** `major` is the major type shifted into place: 0, 32, 64, ... */
  private head(major: number, argument: number): void {
    // -2^53 has an argument that fits, and is no integer that does.
    requireUint(argument, major === 32 ? maxInt - 1 : maxInt);
    let size = 0;
    while (argument >= reaches[size]) size++;
    let more = (1 << size) >> 1;
    if (!this.room(1 + more)) return;
    this.buffer[this.used++] = major | (size > 0 ? 23 + size : argument);
    // A typed array keeps the low eight bits of what it is given.
    while (more-- > 0) this.buffer[this.used++] = argument / pow2(8 * more);
  }
}
