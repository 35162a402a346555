import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramItem, newHistogram, observe } from './histogram.ts';

describe('a histogram', () => {
  it('counts every value once, in a bucket that holds it, and stays small', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 2 ** 40 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, (all) => {
        const histogram = newHistogram();
        for (const value of all) observe(histogram, value);
        const [count, sum, min, max, scale, zeros, offset, ...buckets] = histogramItem(histogram);
        expect({ count, sum, min, max }).toEqual({
          count: all.length,
          sum: all.reduce((total, each) => total + each, 0),
          min: Math.min(...all),
          max: Math.max(...all),
        });
        expect(zeros).toBe(all.filter((each) => each <= 0).length);
        expect(buckets.length).toBeLessThanOrEqual(40);
        const base = 2 ** (2 ** -scale!);
        buckets.forEach((held, i) => {
          const low = base ** (offset! + i) * (1 - 1e-6);
          const high = base ** (offset! + i + 1) * (1 + 1e-6);
          expect(all.filter((each) => each > low && each <= high).length).toBeGreaterThanOrEqual(held);
        });
        expect(buckets.reduce((total, each) => total + each, zeros!)).toBe(all.length);
      }),
    );
  });
});
