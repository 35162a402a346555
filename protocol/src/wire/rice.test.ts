import { describe, expect, it } from 'vitest';
import { bitsFor, riceParameter, riceState, riceUpdate } from './rice.ts';

describe('adaptive Rice', () => {
  it.each([
    [1, 1, 0],
    [4, 1, 2],
    [5, 1, 3],
    [16, 1, 4],
    [33, 32, 1],
    [32, 32, 0],
    [2 ** 46, 32, 41],
  ])('A = %i and N = %i choose k = %i', (a, n, k) => {
    expect(riceParameter({ a, n })).toBe(k);
  });

  it('halves both at 64 and lets no value weigh more than 2^40', () => {
    const state = riceState(4);
    for (let i = 0; i < 63; i++) riceUpdate(state, 1);
    expect(state).toEqual({ a: 33, n: 32 });
    riceUpdate(state, 9007199254740991);
    expect(state).toEqual({ a: 33 + 2 ** 40, n: 33 });
  });

  it.each([
    [1, 0],
    [2, 1],
    [3, 2],
    [256, 8],
    [257, 9],
    [4294967296, 32],
  ])('%i codes need %i bits', (count, bits) => {
    expect(bitsFor(count)).toBe(bits);
  });
});
