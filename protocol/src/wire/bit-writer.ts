import { ByteSink, requireUint } from './byte-sink.ts';
import { maxInt } from './limits.ts';
import { bitsFor, pow2, type RiceState, riceEscape, riceParameter, riceUpdate } from './rice.ts';

/** Bits, most significant first, into a growing buffer that never passes `maxBytes` (then `overflowed`, as in Writer). */
export class BitWriter extends ByteSink {
  /** Bits of the last byte that are not written yet. `declare`: in ES2022 a field of its own would be set to undefined behind reset(). */
  declare private free: number;

  override reset(): void {
    super.reset();
    this.free = 0;
  }

  /** An unsigned value of 0..53 bits as the last of `count` bits, zeros before it. */
  bits(value: number, count: number): void {
    requireUint(value, pow2(count) - 1);
    for (let left = count; left > 0; ) {
      if (this.free === 0) {
        this.byte(0);
        this.free = 8;
      }
      const take = Math.min(left, this.free);
      left -= take;
      this.free -= take;
      const chunk = Math.floor(value / pow2(left)) % (1 << take);
      this.buffer[this.used - 1] |= chunk << this.free;
    }
  }

  /** Exponential Golomb of order k: zeros, floor(value / 2^k) + 1 in binary, then the low k bits. Values to 2^53 - 2. */
  eg(value: number, k: number): void {
    requireUint(value, maxInt - 1);
    const step = pow2(k);
    const quotient = Math.floor(value / step);
    this.bits(quotient + 1, 2 * bitsFor(quotient + 2) - 1);
    this.bits(value - quotient * step, k);
  }

  /** Adaptive Rice of 0..2^53 - 1; changes the state as the reader does. */
  rice(value: number, state: RiceState): void {
    const k = riceParameter(state);
    const step = pow2(k);
    const quotient = Math.floor(value / step);
    if (quotient < riceEscape) {
      this.bits(pow2(quotient + 1) - 2, quotient + 1);
      this.bits(value - quotient * step, k);
    } else {
      const length = bitsFor(value + 1);
      this.bits(65535, riceEscape);
      this.bits(length, 6);
      this.bits(value, length);
    }
    riceUpdate(state, value);
  }

  /** Eight bits each, wherever the stream stands. */
  octets(bytes: Uint8Array): void {
    bytes.forEach((byte) => {
      this.bits(byte, 8);
    });
  }
}
