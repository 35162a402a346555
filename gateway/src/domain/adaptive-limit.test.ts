import { describe, expect, it } from 'vitest';
import { type AdaptiveLimit, type Answer, afterAnswer, limitStart } from './adaptive-limit.ts';

let nowMs = 0;

/** A receiver that serves `width` batches at once in `serviceMs` each, and lets the others wait. The limit is always used in full. */
function live(rounds: number, receiver: (underWay: number) => Partial<Answer>, start = limitStart) {
  const seen: number[] = [];
  let limit: AdaptiveLimit = start;
  for (let round = 0; round < rounds; round++) {
    const underWay = limit.current;
    const answer = { tookMs: 50, isPressure: false, underWay, ...receiver(underWay) };
    nowMs += answer.tookMs;
    for (let i = 0; i < underWay; i++) limit = afterAnswer(limit, { ...answer, nowMs: nowMs + i / 100 }, 32);
    seen.push(limit.current);
  }
  return { limit, seen };
}

const queueing = (width: number) => (underWay: number) => ({ tookMs: 50 * Math.max(1, underWay / width) });

describe('adaptive limit', () => {
  it('grows by one for as long as answers come no slower, up to the most', () => {
    const { seen } = live(60, () => ({}));
    expect(seen.slice(0, 4)).toEqual([2, 3, 4, 5]);
    expect(seen.at(-1)).toBe(32);
  });

  it('does not grow on evidence that it was not needed', () => {
    const start = live(10, () => ({})).limit;
    const { seen } = live(20, (underWay) => ({ underWay: underWay - 1 }), start);
    expect(new Set(seen)).toEqual(new Set([start.current]));
  });

  it('finds about as many as the receiver serves at once', () => {
    const { seen } = live(400, queueing(8));
    const settled = seen.slice(100);
    const mean = settled.reduce((sum, n) => sum + n, 0) / settled.length;
    expect(mean).toBeGreaterThan(6);
    expect(mean).toBeLessThan(14);
  });

  it('gives way by a tenth when the receiver asks for patience, down to one', () => {
    const grown = live(40, () => ({})).limit;
    const pressed = live(1, () => ({ isPressure: true }), grown).seen[0]!;
    expect(pressed).toBe(Math.floor(grown.current * 0.9));
    expect(live(80, () => ({ isPressure: true }), grown).limit.current).toBe(1);
  });

  it('comes back when the receiver does', () => {
    const bad = live(60, () => ({ isPressure: true }), live(30, () => ({})).limit).limit;
    expect(live(40, () => ({}), bad).limit.current).toBeGreaterThan(16);
  });

  it('is never below one, nor above the most, nor a fraction', () => {
    const { seen } = live(300, (underWay) => ({
      tookMs: 10 + ((underWay * 7919) % 97),
      isPressure: underWay % 5 === 0,
    }));
    for (const current of seen) {
      expect(Number.isInteger(current)).toBe(true);
      expect(current).toBeGreaterThanOrEqual(1);
      expect(current).toBeLessThanOrEqual(32);
    }
  });
});
