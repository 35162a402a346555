import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from './judge.ts';
import type { Arrived, Truth } from './truth.ts';

const T0 = Date.UTC(2026, 2, 2);

/** Two devices of one product: 20 samples, 3 events, a counter, a distribution each. */
function story(): { truth: Truth[]; arrived: Arrived[] } {
  const truth: Truth[] = [];
  const arrived: Arrived[] = [];
  for (const device of ['bed-1', 'bed-2']) {
    const shift = device === 'bed-1' ? 0 : 7;
    const place = (point: string, uptimeMs: number) => ({
      tenant: 'home',
      device,
      product: 'bed',
      point,
      subject: null,
      boot: '1',
      uptimeMs,
      atMs: T0 + uptimeMs,
    });
    const message = (
      seq: number,
      index: number,
      point: string,
      kind: string,
      uptimeMs: number,
      value: unknown,
    ): Arrived => ({
      ...place(point, uptimeMs),
      pointId: 1,
      kind,
      seq,
      index,
      timeQuality: 3,
      timeBoundMs: 50,
      value,
      attributes: {},
    });
    const values = Array.from({ length: 20 }, (_, i) => 60 + shift + (i % 5));
    truth.push({ ...place('heart', 1000), kind: 'samples', periodMs: 1000, values });
    values.forEach((value, i) => {
      arrived.push(message(0, i, 'heart', 'series', 1000 + i * 1000, value));
    });
    for (const [i, uptimeMs] of [500, 3000, 9000].entries()) {
      const attributes = { preset: ['flat', 'tv', 'lounge'][i]!, by: i };
      truth.push({ ...place('position', uptimeMs + shift), kind: 'record', value: null, attributes });
      arrived.push({ ...message(1, i, 'position', 'event', uptimeMs + shift, null), attributes });
    }
    truth.push({ ...place('lifts', 2000), kind: 'counted', total: 1 });
    truth.push({ ...place('lifts', 4000), kind: 'counted', total: 3 });
    arrived.push(message(2, 0, 'lifts', 'counter', 3000, 1), message(2, 1, 'lifts', 'counter', 5000, 3));
    truth.push({ ...place('load', 2500), kind: 'observed', values: [1, 2, 3.5] });
    const histogram = {
      count: 3,
      sum: 6.5,
      min: 1,
      max: 3.5,
      scale: 0,
      zeroCount: 0,
      offset: 0,
      buckets: [1, 1, 1],
    };
    arrived.push(message(3, 0, 'load', 'distribution', 6000, histogram));
    truth.push({ kind: 'account', tenant: 'home', device, boot: '1', accepted: 26, atRisk: 0 });
  }
  return { truth, arrived };
}

const checks = (verdict: Verdict): string[] => [...new Set(verdict.findings.map((one) => one.check))];

/** The verdict after one thing was done to what arrived. */
function planted(change: (arrived: Arrived[]) => Arrived[]): Verdict {
  const { truth, arrived } = story();
  return judge(truth, change(arrived));
}

const swapped = (arrived: Arrived[], i: number, change: Partial<Arrived>): Arrived[] =>
  arrived.map((one, at) => (at === i ? { ...one, ...change } : one));

describe('verdict', () => {
  it('passes what arrived as it was recorded, in any order of arrival', () => {
    expect(planted((all) => all)).toMatchObject({
      passed: true,
      accepted: 52,
      stored: 52,
      gaps: 0,
      devices: 2,
    });
    expect(planted((all) => [...all].reverse()).passed).toBe(true);
  });

  it('finds a lost record', () => {
    const verdict = planted((all) => all.filter((_, i) => i !== 5));
    expect(checks(verdict)).toEqual(['lost', 'accounting']);
    expect(verdict.findings[0]).toMatchObject({ device: 'home.bed-1', count: 1 });
  });

  it('accepts a loss that a gap tells of, and finds a gap that tells of too much', () => {
    const gap = (count: number): Arrived => ({
      ...story().arrived[0]!,
      point: 'gap',
      pointId: 0,
      seq: 9,
      value: count,
    });
    expect(planted((all) => [...all.filter((_, i) => i !== 5), gap(1)])).toMatchObject({
      passed: true,
      gaps: 1,
    });
    expect(checks(planted((all) => [...all.filter((_, i) => i !== 5), gap(2)]))).toEqual(['accounting']);
  });

  it('finds a duplicate of the same message, and one that came again in another message', () => {
    expect(planted((all) => [...all, all[3]!])).toMatchObject({ passed: false, duplicates: 1 });
    const again = planted((all) => [...all, { ...all[3]!, seq: 77 }]);
    expect(again.duplicates).toBe(1);
    expect(checks(again)).toEqual(['duplicate']);
  });

  it('finds a record under another device', () => {
    expect(checks(planted((all) => swapped(all, 20, { device: 'bed-2', seq: 50 })))).toContain('foreign');
  });

  it('finds two devices that stand for each other', () => {
    const other = (device: string): string => (device === 'bed-1' ? 'bed-2' : 'bed-1');
    const verdict = planted((all) => all.map((one) => ({ ...one, device: other(one.device) })));
    expect(verdict.passed).toBe(false);
    expect(checks(verdict)).toContain('foreign');
  });

  it('finds a wrong value, a wrong attribute, a wrong sum and a wrong histogram', () => {
    const at = (point: string): number => story().arrived.findIndex((one) => one.point === point);
    const histogram = { count: 3, sum: 6.6, min: 1, max: 3.5 };
    expect(checks(planted((all) => swapped(all, 4, { value: 61 })))).toEqual(['value']);
    expect(
      checks(planted((all) => swapped(all, at('position'), { attributes: { preset: 'tv', by: 0 } }))),
    ).toEqual(['value']);
    expect(checks(planted((all) => swapped(all, at('lifts'), { value: 2 })))).toEqual(['value']);
    expect(checks(planted((all) => swapped(all, at('load'), { value: histogram })))).toEqual(['value']);
  });

  it('finds a wrong wall time, and a wrong uptime', () => {
    expect(checks(planted((all) => swapped(all, 4, { atMs: T0 + 5000 + 60 })))).toEqual(['time']);
    expect(checks(planted((all) => swapped(all, 4, { uptimeMs: 123_456 })))).toEqual(['time']);
  });

  it('lets a sample stand at its place in the period, half a period away at most', () => {
    const moved = (by: number) =>
      planted((all) => swapped(all, 4, { uptimeMs: 5000 + by, atMs: T0 + 5000 + by }));
    // The one that stands there is at its own second.
    expect(checks(moved(1200))).not.toEqual([]);
    const { truth, arrived } = story();
    const late = truth.map((line) =>
      line.kind === 'samples' ? { ...line, uptimeMs: 1007, atMs: T0 + 1007 } : line,
    );
    expect(judge(late, arrived).passed).toBe(true);
    const tooLate = truth.map((line) =>
      line.kind === 'samples' ? { ...line, uptimeMs: 1000 + 501, atMs: T0 + 1501 } : line,
    );
    expect(judge(tooLate, arrived).passed).toBe(false);
  });

  it('holds no time against a record that promises none', () => {
    const verdict = planted((all) => swapped(all, 4, { atMs: 0, timeQuality: 1, timeBoundMs: null }));
    expect(verdict).toMatchObject({ passed: true, unpromisedTimes: 1 });
  });

  it('finds records that stand in the wrong order', () => {
    const [a, b] = [story().arrived[2]!, story().arrived[3]!];
    const verdict = planted((all) =>
      swapped(swapped(all, 2, { seq: b.seq, index: b.index }), 3, { seq: a.seq, index: a.index }),
    );
    expect(checks(verdict)).toEqual(['order']);
  });

  describe('of records that are the same at the same time', () => {
    const at = { tenant: 'home', device: 'bed-1', point: 'phase', subject: null, boot: '1' };
    const when = { uptimeMs: 900, atMs: T0 + 900 };
    const made = (value: string): Truth => ({
      ...at,
      ...when,
      product: 'bed',
      kind: 'record',
      value,
      attributes: {},
    });
    const came = (seq: number, value: string, uptimeMs = 900): Arrived => ({
      ...{ ...at, ...when, uptimeMs, pointId: 1, kind: 'state', seq, index: 0, value, attributes: {} },
      ...{ timeQuality: 3, timeBoundMs: 50 },
    });
    const orderOf = (arrived: Arrived[]) => {
      const truth = ['busy', 'warm', 'busy'].map(made);
      return judge(truth, arrived).findings.filter(({ check }) => check === 'order');
    };

    it.each([
      ['the first is lost', [came(1, 'warm'), came(2, 'busy')]],
      ['the second is lost', [came(1, 'busy'), came(2, 'warm')]],
      ['the last arrives first', [came(3, 'busy'), came(1, 'busy'), came(2, 'warm')]],
    ])('takes either for the other: %s', (_, arrived) => {
      expect(orderOf(arrived)).toEqual([]);
    });

    it('still finds an order that no choice of them explains', () => {
      expect(orderOf([came(1, 'busy'), came(2, 'busy'), came(3, 'warm')])).toHaveLength(1);
    });
  });

  it('finds a record that nobody made', () => {
    expect(checks(planted((all) => [...all, { ...all[0]!, point: 'ghost', seq: 99 }]))).toContain('unknown');
  });

  it('allows what was at risk in a power cut to be missing, and no more', () => {
    const { truth, arrived } = story();
    const risky = truth.map((line) => (line.kind === 'account' ? { ...line, atRisk: 2 } : line));
    const less = (count: number): Arrived[] =>
      arrived.filter((one) => !(one.device === 'bed-1' && one.point === 'heart' && one.index < count));
    expect(judge(risky, less(2)).passed).toBe(true);
    expect(judge(risky, less(3)).passed).toBe(false);
  });

  it('never passes when one random record is lost, doubled, moved or altered', () => {
    fc.assert(
      fc.property(fc.nat(51), fc.constantFrom('lose', 'double', 'move', 'alter'), (i, how) => {
        const verdict = planted((all) => {
          if (how === 'lose') return all.filter((_, at) => at !== i);
          if (how === 'double') return [...all, all[i]!];
          if (how === 'move') return swapped(all, i, { atMs: all[i]!.atMs + 1000 });
          return swapped(all, i, { value: 'altered' });
        });
        expect(verdict.passed).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
