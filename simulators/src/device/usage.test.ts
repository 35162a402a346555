import { describe, expect, it } from 'vitest';
import type { Action } from '../behaviour/action.ts';
import { HOUR } from '../people/calendar.ts';
import { household } from '../people/household.ts';
import { products } from '../products/index.ts';
import { streamsOf } from '../random/stream.ts';
import { createUsage } from './usage.ts';

const BORN_MS = Date.UTC(2026, 2, 2, 12);
const END_MS = BORN_MS + 30 * HOUR;

interface Deed {
  atMs: number;
  text: string;
}

/** All that is done from `startMs` on by people who have the product since `BORN_MS`; every sample on its own. */
function deeds(product: (typeof products)[number], startMs: number): Deed[] {
  const setting = { home: household(1, 0), slot: 0 };
  const running = product.start(setting, streamsOf(1, product.name), BORN_MS);
  const planned: [number, Action, number][] = [];
  const usage = createUsage(running, { bornMs: BORN_MS, startMs }, (...one) => planned.push(one));
  while (usage.nextMs() < END_MS) usage.step(usage.nextMs());
  const done: Deed[] = [];
  // Grows while it is read: each sample plans the next.
  for (const [atMs, action, index] of planned) {
    usage.goOn(action, index);
    const what = action.do === 'samples' ? `${action.point} ${action.values[index]}` : JSON.stringify(action);
    if (atMs < END_MS) done.push({ atMs, text: `${atMs} ${action.subject ?? ''} ${what}` });
  }
  return done;
}

describe('a product that is switched on again', () => {
  it.each(products.map((product) => [product.name, product] as const))(
    '%s: its people go on as if it had never been off, and it tells of itself',
    (_name, product) => {
      // In the middle of a night, in the middle of a sample's period.
      const againMs = BORN_MS + 14 * HOUR + 123_456;
      const whole = deeds(product, BORN_MS).filter((one) => one.atMs >= againMs);
      const later = deeds(product, againMs);
      const texts = new Set(later.map((one) => one.text));
      expect(whole.filter((one) => !texts.has(one.text))).toEqual([]);
      const known = new Set(whole.map((one) => one.text));
      const told = later.filter((one) => !known.has(one.text));
      expect(told.length).toBeGreaterThan(0);
      expect(told.filter((one) => one.atMs !== againMs)).toEqual([]);
    },
  );

  it('is used by nobody after its end', () => {
    const running = products[0]!.start({ home: household(1, 0), slot: 0 }, streamsOf(1, 'bed'), BORN_MS);
    const usage = createUsage(running, { bornMs: BORN_MS, startMs: BORN_MS }, () => undefined);
    expect(usage.nextMs()).toBe(BORN_MS);
    usage.end();
    expect(usage.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
