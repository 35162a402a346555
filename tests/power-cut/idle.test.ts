import { expect, it } from 'vitest';
import { recordLife, writeImage } from './record-life.ts';
import { SPOOL_LIMITS } from './spool-verdict.ts';
import { workshop } from './workshop.ts';

const { work, library, cannot, why } = workshop();

it.skipIf(cannot)(`an idle gateway's stores write nothing (D6${why})`, async () => {
  writeImage(work, new Map());
  const steps = await recordLife(library, 'idle-child.mjs', work, { orders: { limits: SPOOL_LIMITS } });
  const idleFrom = steps.findIndex((step) => step.do === 'mark');
  expect(steps.slice(0, idleFrom).some((step) => step.do === 'write')).toBe(true);
  expect(steps.slice(idleFrom + 1).map((step) => step.do)).toEqual([]);
});
