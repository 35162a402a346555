import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/index.ts';
import { backoffMs } from './backoff.ts';

describe('the backoff', () => {
  it('is spread over the whole range below its bound and grows with it', () => {
    const options = { minRetryMs: 100, maxRetryMs: 10_000 };
    const random = seededRandom(3);
    const waits = (attempt: number) => Array.from({ length: 500 }, () => backoffMs(options, attempt, random));
    expect(Math.max(...waits(1))).toBeLessThanOrEqual(200);
    expect(Math.max(...waits(4))).toBeGreaterThan(1200);
    expect(Math.max(...waits(60))).toBeLessThanOrEqual(10_000);
    expect(Math.min(...waits(60))).toBeLessThan(500);
    expect(Math.min(...waits(60))).toBeGreaterThanOrEqual(10);
  });
});
