import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meter } from './pace.ts';

describe('a meter', () => {
  it('lets a burst through at once, and what comes then at its pace', () => {
    const bucket = meter({ perSecond: 10, burst: 3 });
    expect([1, 1, 1].map((cost) => bucket.take(cost, 1_000))).toEqual([0, 0, 0]);
    expect(bucket.take(1, 1_000)).toBe(100);
    expect(bucket.take(1, 1_100)).toBe(100);
    expect(bucket.take(1, 1_150)).toBe(150);
  });

  it('has a whole burst again after a rest, and never more', () => {
    const bucket = meter({ perSecond: 10, burst: 3 });
    bucket.take(30, 0);
    expect(bucket.take(1, 2_700)).toBe(100);
    expect([1, 1, 1, 1].map((cost) => bucket.take(cost, 1_000_000))).toEqual([0, 0, 0, 100]);
  });

  it('takes what is larger than its burst, and makes it wait for it', () => {
    expect(meter({ perSecond: 1_000, burst: 10 }).take(5_000, 0)).toBe(4_990);
  });

  it('holds its pace over any run of whoever waits as told', () => {
    const takes = fc.array(fc.record({ cost: fc.integer({ min: 1, max: 50 }), restMs: fc.nat(500) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(takes, (list) => {
        const bucket = meter({ perSecond: 100, burst: 20 });
        let nowMs = 0;
        let taken = 0;
        for (const { cost, restMs } of list) {
          taken += cost;
          nowMs += bucket.take(cost, nowMs);
          expect(taken).toBeLessThanOrEqual(20 + (nowMs * 100) / 1_000 + 1e-6);
          nowMs += restMs;
        }
      }),
    );
  });
});
