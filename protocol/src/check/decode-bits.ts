import { Code, type CodeNumber, limits, riceEscape } from '../wire/index.ts';
import { refuse } from './decode-cursor.ts';
import type { DecodeState } from './decode-state.ts';

/** A refusal inside the bit stream: tells the byte, and leaves no bits to read. */
export function refuseBits(s: DecodeState, code: CodeNumber, detail: string): 0 {
  if (s.code === 0) s.pos = Math.min(s.bit, s.bitEnd) >>> 3;
  s.bit = s.bitEnd;
  return refuse(s, code, detail);
}

function tailWord(s: DecodeState, at: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (at + i < s.bytes.length ? s.bytes[at + i]! : 0);
  return word;
}

/** The next 24 bits without moving. Behind the stream's end they mean nothing: `skip` refuses to use them. */
function peek24(s: DecodeState): number {
  const at = s.bit >>> 3;
  const b = s.bytes;
  const word =
    at + 4 <= b.length
      ? (b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!
      : tailWord(s, at);
  return (word << (s.bit & 7)) >>> 8;
}

function skip(s: DecodeState, bits: number): void {
  s.bit += bits;
  if (s.bit > s.bitEnd) refuseBits(s, Code.malformed, 'the packed records end too early');
}

function readLong(s: DecodeState, count: number): number {
  let value = 0;
  let left = count;
  for (; left > 24; left -= 24) value = value * 16777216 + readBits(s, 24);
  return value * (1 << left) + readBits(s, left);
}

/** Up to 53 bits, most significant first. */
export function readBits(s: DecodeState, count: number): number {
  if (count > 24) return readLong(s, count);
  if (count === 0) return 0;
  const value = peek24(s) >>> (24 - count);
  skip(s, count);
  return value;
}

/** Leading zeros that one look does not show, then the rest of the code. */
function readLongGolomb(s: DecodeState, k: number): number {
  let zeros = 0;
  while (zeros < 53 && s.code === 0 && readBits(s, 1) === 0) zeros++;
  if (s.code !== 0) return 0;
  if (zeros > 52) return refuseBits(s, Code.malformed, 'a packed number is beyond 2^53 - 2');
  const quotient = 2 ** zeros + readBits(s, zeros) - 1;
  const value = quotient * 2 ** k + readBits(s, k);
  return value < limits.maxInt ? value : refuseBits(s, Code.malformed, 'a packed number is beyond 2^53 - 2');
}

/** Exponential Golomb code of order `k`. */
export function readGolomb(s: DecodeState, k: number): number {
  const window = peek24(s);
  const length = 2 * (Math.clz32(window) - 8) + 1 + k;
  if (length > 24) return readLongGolomb(s, k);
  skip(s, length);
  return (window >>> (24 - length)) - (1 << k);
}

function readEscape(s: DecodeState, k: number): number {
  const length = readBits(s, 6);
  if (length > 53) return refuseBits(s, Code.malformed, 'an escaped number has more than 53 bits');
  const value = readBits(s, length);
  // One code per number: the escape has no leading zeros and is for numbers that the short code cannot hold.
  const needed = value >= riceEscape * 2 ** k && value >= 2 ** (length - 1);
  return needed || s.code !== 0
    ? value
    : refuseBits(s, Code.notDeterministic, 'an escape that is not needed');
}

function readLongRice(s: DecodeState, ones: number, k: number): number {
  if (ones >= riceEscape) {
    skip(s, riceEscape);
    return readEscape(s, k);
  }
  skip(s, ones + 1);
  return ones * 2 ** k + readBits(s, k);
}

/** Adaptive Golomb-Rice code as in LOCO-I; `slot` is its state. */
export function readRice(s: DecodeState, slot: number): number {
  const sum = s.riceSum[slot]!;
  const count = s.riceCount[slot]!;
  let k = 0;
  for (let reach = count; reach < sum; reach *= 2) k++;
  const window = peek24(s);
  const ones = Math.clz32(~(window << 8));
  const length = ones + 1 + k;
  let value: number;
  if (ones < riceEscape && length <= 24) {
    skip(s, length);
    value = (ones << k) | ((window >>> (24 - length)) & ((1 << k) - 1));
  } else value = readLongRice(s, ones, k);
  adapt(s, slot, value);
  return value;
}

/** What one value adds at most, so that the sum stays exact in every language (as `riceUpdate`). */
const largestAddend = 2 ** 40;
const resetCount = 64;

function adapt(s: DecodeState, slot: number, value: number): void {
  const sum = s.riceSum[slot]! + Math.min(value, largestAddend);
  const count = s.riceCount[slot]! + 1;
  s.riceSum[slot] = count === resetCount ? Math.floor(sum / 2) : sum;
  s.riceCount[slot] = count === resetCount ? resetCount / 2 : count;
}

export function startRice(s: DecodeState, slot: number, sum: number): void {
  s.riceSum[slot] = sum;
  s.riceCount[slot] = 1;
}
