import { ByteSink } from './byte-sink.ts';
import { limits } from './limits.ts';
import { type RiceState, riceEscape, riceParameter, riceUpdate } from './rice.ts';

/** Bits, most significant first, into a growing buffer that never passes `maxBytes` (then `overflowed`, as in Writer). */
export class BitWriter extends ByteSink {
  /** Starts again with the same buffer. */
  reset(): void {
    for (let i = 0; i < this.buffer.length && i * 8 < this.used; i++) this.buffer[i] = 0;
    this.used = 0;
    this.overflowed = false;
  }

  bitLength(): number {
    return this.used;
  }

  /** The low `count` (0..53) bits of an unsigned value below 2^count. */
  bits(value: number, count: number): void {
    if (!(value >= 0 && value < Math.pow(2, count)) || Math.floor(value) !== value) {
      throw new Error(value + ' does not fit ' + count + ' bits');
    }
    if (!this.reach((this.used + count + 7) >> 3)) return;
    for (let left = count; left > 0; ) {
      const free = 8 - (this.used & 7);
      const take = Math.min(left, free);
      left -= take;
      const chunk = Math.floor(value / Math.pow(2, left)) % (1 << take);
      this.buffer[this.used >> 3] |= chunk << (free - take);
      this.used += take;
    }
  }

  /** Exponential Golomb of order k: zeros, floor(value / 2^k) + 1 in binary, then the low k bits. Values to 2^53 - 2. */
  eg(value: number, k: number): void {
    if (!(value >= 0 && value < limits.maxInt) || Math.floor(value) !== value)
      throw new Error('EG of ' + value);
    const step = Math.pow(2, k);
    const quotient = Math.floor(value / step) + 1;
    let length = 0;
    for (let reach = 2; reach <= quotient; reach *= 2) length++;
    this.bits(0, length);
    this.bits(quotient, length + 1);
    this.bits(value % step, k);
  }

  /** Adaptive Rice of 0..2^53 - 1; changes the state as the reader does. */
  rice(value: number, state: RiceState): void {
    const k = riceParameter(state);
    const quotient = Math.floor(value / Math.pow(2, k));
    if (quotient < riceEscape) {
      this.bits(Math.pow(2, quotient + 1) - 2, quotient + 1);
      this.bits(value - quotient * Math.pow(2, k), k);
    } else this.escape(value);
    riceUpdate(state, value);
  }

  /** Eight bits each, wherever the stream stands. */
  octets(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.bits(bytes[i], 8);
  }

  /** A copy, padded with zero bits. Throws when it overflowed: check `overflowed` first. */
  finish(): Uint8Array {
    return this.copy((this.used + 7) >> 3);
  }

  private escape(value: number): void {
    let length = 0;
    for (let reach = 1; reach <= value; reach *= 2) length++;
    this.bits(65535, riceEscape);
    this.bits(length, 6);
    this.bits(value, length);
  }
}
