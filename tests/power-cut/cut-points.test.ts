import { expect, it } from 'vitest';
import { cutPoints } from './cut-points.ts';
import type { DiskStep } from './disk-log.ts';

const write: DiskStep = { do: 'write', inode: 1, offset: 0, bytes: Buffer.of(1) };
const sync: DiskStep = { do: 'sync', inode: 1 };

it('cuts after steps that there are, also around a sync that is the first or the last of all', () => {
  const steps = [sync, write, write, sync];
  for (const end of [0, 1, 2]) {
    const points = cutPoints(steps, 8, (limit) => Math.min(end, limit - 1));
    expect(points).toHaveLength(8);
    expect(points.every((point) => steps[point] !== undefined)).toBe(true);
  }
  expect(cutPoints(steps, 2, (limit) => limit - 1)).toEqual([3, 3]);
});
