/** 2^exponent, from 0 on. Bits come in small numbers, and a shift is much faster. */
export const pow2 = (exponent: number): number => (exponent < 31 ? 1 << exponent : Math.pow(2, exponent));

/** State of adaptive Golomb-Rice coding as in LOCO-I; one for each stream of values (SPEC.md, Packed records). */
export interface RiceState {
  /** Sum of what was coded. */
  a: number;
  /** How many. */
  n: number;
}

/** Starting sums: 16 for times, 4 for series and delta fields. */
export const riceStart = { time: 16, difference: 4 } as const;

/** More ones than this many never come: the quotient of an escape. */
export const riceEscape = 16;

// Keeps the sum exact in every language (64 x 2^40 < 2^47).
const largestAddend = 1099511627776;

export const riceState = (a: number): RiceState => ({ a, n: 1 });

/** The least k with n x 2^k >= a. */
export function riceParameter(state: RiceState): number {
  let k = 0;
  for (let reach = state.n; reach < state.a; reach *= 2) k++;
  return k;
}

export function riceUpdate(state: RiceState, value: number): void {
  state.a += Math.min(value, largestAddend);
  state.n++;
  if (state.n === 64) {
    state.n = 32;
    state.a = Math.floor(state.a / 2);
  }
}

/** Largest and smallest integers that zigzag can carry: their codes end at 2^53 - 1. */
export const zigzagMax = 4503599627370495;
export const zigzagMin = -4503599627370496;

/** 0, -1, 1, -2, ... as 0, 1, 2, 3, ... */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

export function unzigzag(code: number): number {
  const half = Math.floor(code / 2);
  return code % 2 === 0 ? half : -half - 1;
}

/** Bits that hold 0..count-1: ceil(log2(count)). */
export function bitsFor(count: number): number {
  let bits = 0;
  for (let reach = 1; reach < count; reach *= 2) bits++;
  return bits;
}
