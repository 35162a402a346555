import { describe, expect, it } from 'vitest';
import { floatItem, fromDouble, fromHalf, fromSingle, halfBits, isNan, singleBits } from './float.ts';
import { toHex } from './hex.ts';

describe('floats by bits', () => {
  it.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [1.5, 0x3e00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -24, 0x0001],
    [2 ** -14, 0x0400],
    [2 ** -15, 0x0200],
    [2 ** -14 - 2 ** -24, 0x03ff],
    [Infinity, 0x7c00],
    [-Infinity, 0xfc00],
  ])('%d is the half %i', (value, bits) => {
    expect(halfBits(value)).toBe(bits);
    expect(fromHalf(bits)).toBe(value);
  });

  it.each([65505, 65520, 2 ** -25, 2 ** -24 * 1.5, 0.1, 1e300, 1.0009765625 + 2 ** -12])(
    '%d is no half',
    (value) => {
      expect(halfBits(value)).toBe(-1);
    },
  );

  it('every half comes back as its own bits', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (!isNan(value) && halfBits(value) !== bits) expect.fail(`${bits}`);
    }
  });

  it('knows one NaN', () => {
    expect(halfBits(Number.NaN)).toBe(0x7e00);
    expect([0x7e00, 0x7c01, 0xfe00].map((bits) => isNan(fromHalf(bits)))).toEqual([true, true, true]);
    expect([0, Infinity, -Infinity].map(isNan)).toEqual([false, false, false]);
  });

  it('singles and doubles go through their bits', () => {
    expect(toHex(floatItem(0.1))).toBe('fb3fb999999999999a');
    expect(toHex(floatItem(100000.5))).toBe('fa47c35040');
    expect(toHex(floatItem(1.5))).toBe('f93e00');
    expect(fromDouble(0x3fb99999, 0x9999999a)).toBe(0.1);
    expect(singleBits(0.1)).toBe(-1);
    expect(singleBits(-0.5)).toBe(0xbf000000);
    expect(fromSingle(0xbf000000)).toBe(-0.5);
  });
});
