import { describe, expect, it } from 'vitest';
import { stream, streamsOf } from './stream.ts';

describe('stream', () => {
  it('gives known numbers, so that an algorithm changed by accident is seen', () => {
    const random = stream(1, 'bed-0001', 'heart');
    const first = [random.next(), random.next(), random.next()];
    expect(first).toMatchInlineSnapshot(`
      [
        0.6826283887494355,
        0.6741436503361911,
        0.55338398902677,
      ]
    `);
  });

  it('differs by seed, device and purpose', () => {
    const firsts = [stream(1, 'a', 'x'), stream(2, 'a', 'x'), stream(1, 'b', 'x'), stream(1, 'a', 'y')].map(
      (one) => one.next(),
    );
    expect(new Set(firsts).size).toBe(4);
  });

  it('leaves one purpose alone when another draws', () => {
    const alone = streamsOf(5, 'a');
    const beside = streamsOf(5, 'a');
    for (let i = 0; i < 100; i++) beside('other').next();
    expect(beside('heart').next()).toBe(alone('heart').next());
  });

  it('is even over [0, 1) and bell-shaped where asked', () => {
    const random = stream(3, 'a', 'even');
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) buckets[Math.floor(random.next() * 10)]! += 1;
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const bells = Array.from({ length: 20_000 }, () => random.bell(10, 2));
    const mean = bells.reduce((sum, one) => sum + one, 0) / bells.length;
    const variance = bells.reduce((sum, one) => sum + (one - mean) ** 2, 0) / bells.length;
    expect(mean).toBeCloseTo(10, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
  });

  it('draws whole numbers with both ends', () => {
    const random = stream(4, 'a', 'dice');
    const seen = new Set(Array.from({ length: 500 }, () => random.int(1, 6)));
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
