import type { DiskStep } from './disk-log.ts';

/**
 * Numbers of steps after which the power is cut, ascending: half of them anywhere, half at the steps around a sync, a change of names or of size, where
 * what counts is decided.
 */
export function cutPoints(
  steps: readonly DiskStep[],
  count: number,
  below: (limit: number) => number,
): number[] {
  const turning = steps.flatMap((step, i) => (step.do === 'write' || step.do === 'mark' ? [] : [i]));
  const last = steps.length - 1;
  const points = Array.from({ length: count }, (_, i) => {
    const turn = turning[below(turning.length)];
    if (i % 2 === 0 || turn === undefined) return below(steps.length);
    return Math.min(last, Math.max(0, turn - 1 + below(3)));
  });
  return points.sort((a, b) => a - b);
}
