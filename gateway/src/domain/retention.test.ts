import { event, product } from '@usewire/protocol/model';
import { describe, expect, it } from 'vitest';
import { batchOf, bedRecord } from '../testing/bed-batch.ts';
import { DAY_MS, longestHeldMs, retentions } from './retention.ts';
import { everything } from './select-records.ts';
import { withinRetention } from './within-retention.ts';

const bed = product('acme.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    lab: { basis: 'consent', code: 'research' },
  },
  points: {
    moved: event({ id: 1, for: 'service', retentionDays: 700 }),
    slept: event({ id: 2, for: 'lab', retentionDays: 90 }),
  },
});
const NOW = 2_000_000_000_000;
const days = (limits: Record<string, number>) =>
  retentions([bed], limits).map((one) => [one.point, one.days]);

describe('how long records are held', () => {
  it.each([
    ['as the model says', {}, 700, 90],
    ['less where the configuration says so, by code', { research: 30 }, 700, 30],
    ['or by the name in the model', { service: 365, lab: 60 }, 365, 60],
    ['never more than the model says', { research: 900, service_provision: 900 }, 700, 90],
  ])('is %s', (_, limits, moved, slept) => {
    expect(days(limits as Record<string, number>)).toEqual([
      ['moved', moved],
      ['slept', slept],
    ]);
  });

  it('has one bound for what cannot be told apart, and none while no model is known', () => {
    expect(longestHeldMs(retentions([bed], {}), NOW)).toBe(NOW - 700 * DAY_MS);
    expect(longestHeldMs([], NOW)).toBeNull();
  });

  it('holds for what a sink would get late', () => {
    const common = { modelHash: '0a0b0c0d', product: 'acme.bed', receivedAtMs: NOW - 40 * DAY_MS };
    const models = new Map([['acme/0a0b0c0d', bed]]);
    const points = ['moved', 'slept', 'gap'];
    const given = batchOf(
      points.map((point, seq) => bedRecord(seq, { ...common, point })),
      models,
    );
    const leaving = (limits: Record<string, number>) =>
      withinRetention(everything, limits, { nowMs: () => NOW })(given).records.map(({ point }) => point);
    expect(leaving({})).toEqual(points);
    expect(leaving({ research: 30 })).toEqual(['moved', 'gap']);
    expect(leaving({ research: 40 })).toEqual(['moved', 'gap']);
    expect(leaving({ research: 41 })).toEqual(points);
  });
});
