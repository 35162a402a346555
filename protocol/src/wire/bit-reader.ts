import { Code, type CodeNumber } from './codes.ts';
import { limits } from './limits.ts';
import { type RiceState, riceEscape, riceParameter, riceUpdate } from './rice.ts';

const powers: number[] = [];
for (let i = 0; i <= 53; i++) powers.push(Math.pow(2, i));

/** Strict reader of what BitWriter writes. The first offence sticks, as in Reader; later reads give 0. */
export class BitReader {
  /** 0 until something is refused. */
  code: CodeNumber | 0;
  /** Byte of the buffer where the offence was seen. */
  offset: number;
  detail: string;
  private bytes: Uint8Array;
  /** Next bit, counted from the start of the buffer. */
  private at: number;
  private end: number;

  constructor() {
    this.bytes = new Uint8Array(0);
    this.at = 0;
    this.end = 0;
    this.code = 0;
    this.offset = 0;
    this.detail = '';
  }

  /** Starts on bytes[start..end). */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start * 8;
    this.end = end * 8;
    this.code = 0;
  }

  /** Refuses at the present byte; only the first call counts. */
  fail(code: CodeNumber, detail: string): number {
    if (this.code === 0) {
      this.code = code;
      this.offset = this.at >> 3;
      this.detail = detail;
    }
    return 0;
  }

  /** Bits not yet read: counts are held against this before anything is allocated. */
  bitsLeft(): number {
    return this.end - this.at;
  }

  /** An unsigned value of 0..53 bits. */
  bits(count: number): number {
    const at = this.at;
    if (this.code !== 0) return 0;
    if (at + count > this.end) return this.fail(Code.malformed, 'bit stream ends early');
    this.at = at + count;
    if (count > 25 || at + 32 > this.end) return this.slowBits(at, count);
    const i = at >> 3;
    const bytes = this.bytes;
    const word = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
    // A shift by 32 is a shift by 0 in JavaScript, so no bits are a case of their own.
    return count === 0 ? 0 : (word << (at & 7)) >>> (32 - count);
  }

  /** Exponential Golomb of order k. */
  eg(k: number): number {
    const length = this.run(0, 53);
    if (length > 52) return this.fail(Code.malformed, 'exponential Golomb code too long');
    const quotient = powers[length] + this.bits(length) - 1;
    const value = quotient * powers[k] + this.bits(k);
    if (value >= limits.maxInt) return this.fail(Code.malformed, 'exponential Golomb code too large');
    return this.code === 0 ? value : 0;
  }

  /** Adaptive Rice; an escape where none was needed is refused, so each value has one code. */
  rice(state: RiceState): number {
    const k = riceParameter(state);
    const ones = this.run(1, riceEscape);
    const value = ones === riceEscape ? this.escape(k) : ones * powers[k] + this.bits(k);
    if (this.code !== 0) return 0;
    riceUpdate(state, value);
    return value;
  }

  /** `count` octets, wherever the stream stands. */
  octets(count: number): Uint8Array {
    if (count * 8 > this.bitsLeft()) {
      this.fail(Code.malformed, 'bit stream ends early');
      return new Uint8Array(0);
    }
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.bits(8);
    return bytes;
  }

  /** Only 0..7 zero bits may be left. */
  finish(): void {
    const left = this.bitsLeft();
    if (this.code !== 0) return;
    if (left > 7) this.fail(Code.malformed, 'bytes after the end of the bit stream');
    else if (this.bits(left) !== 0) this.fail(Code.malformed, 'padding bits are not zero');
  }

  /** Passes over at most `max` equal bits and, when there were fewer, the one that ends them. How many there were. */
  private run(bit: number, max: number): number {
    if (this.at + 32 <= this.end && this.code === 0) {
      const i = this.at >> 3;
      const bytes = this.bytes;
      const load = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
      let word = (bit === 0 ? load : ~load) << (this.at & 7);
      let count = 0;
      // 25 bits are sure to be loaded, whatever the offset in the first byte.
      while (word >= 0 && count < 25) {
        word <<= 1;
        count++;
      }
      if (count < 25 && count < max) {
        this.at += count + 1;
        return count;
      }
    }
    return this.slowRun(bit, max);
  }

  private slowRun(bit: number, max: number): number {
    let count = 0;
    while (count < max && this.code === 0 && this.bits(1) === bit) count++;
    return count;
  }

  private escape(k: number): number {
    const length = this.bits(6);
    if (length > 53) return this.fail(Code.malformed, 'escape of ' + length + ' bits');
    const value = this.bits(length);
    if (this.code !== 0) return 0;
    if (value < riceEscape * powers[k] || value < powers[length - 1]) {
      return this.fail(Code.notDeterministic, 'escape where none is needed, or too long');
    }
    return value;
  }

  private slowBits(from: number, count: number): number {
    let at = from;
    let left = count;
    let value = 0;
    while (left > 0) {
      const room = 8 - (at & 7);
      const take = Math.min(left, room);
      const chunk = (this.bytes[at >> 3] >> (room - take)) & ((1 << take) - 1);
      value = value * (1 << take) + chunk;
      at += take;
      left -= take;
    }
    return value;
  }
}
