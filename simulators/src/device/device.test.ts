import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Truth } from '../verdict/truth.ts';
import { createAgenda } from './agenda.ts';
import { publishBytes } from './link.ts';
import { createTruthLog } from './truth-log.ts';

describe('agenda', () => {
  it('gives things by time, and in the order they were planned within one ms', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const agenda = createAgenda<{ atMs: number; order: number }>();
        times.forEach((atMs, order) => {
          agenda.plan(atMs, { atMs, order });
        });
        const taken = times.map(() => agenda.take());
        const sorted = times
          .map((atMs, order) => ({ atMs, order }))
          .sort((a, b) => a.atMs - b.atMs || a.order - b.order);
        expect(taken).toEqual(sorted);
        expect(agenda.nextMs()).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });
});

describe('truth log', () => {
  const place = {
    tenant: 't',
    device: 'd',
    product: 'p',
    point: 'heart_rate',
    subject: null,
    boot: '1',
    periodMs: 1000,
  };
  const log = () => {
    const lines: Truth[] = [];
    return { lines, truth: createTruthLog((line) => lines.push(line)) };
  };

  it('joins samples that stand in their place, and begins a new run after a hole', () => {
    const { lines, truth } = log();
    for (const uptimeMs of [0, 1000, 2000, 4000])
      truth.sample({ ...place, uptimeMs, atMs: uptimeMs }, uptimeMs / 1000);
    expect(truth.open()).toMatchObject([{ uptimeMs: 4000, values: [4] }]);
    truth.close();
    expect(lines).toMatchObject([
      { uptimeMs: 0, values: [0, 1, 2] },
      { uptimeMs: 4000, values: [4] },
    ]);
    expect(truth.records()).toBe(4);
  });

  it('has a hash that every value changes', () => {
    const hashOf = (value: number): string => {
      const { truth } = log();
      truth.sample({ ...place, uptimeMs: 0, atMs: 0 }, value);
      truth.close();
      return truth.hash();
    };
    expect(hashOf(1)).toBe(hashOf(1));
    expect(hashOf(1)).not.toBe(hashOf(2));
  });
});

describe('bytes on the wire', () => {
  it('counts a PUBLISH at QoS 1 as MQTT 3.1.1 (3.3) writes it', () => {
    // 1 type, 1 remaining length, 2 + 3 topic, 2 packet id, 10 payload.
    expect(publishBytes('a/b', 10)).toBe(19);
    // From 128 on the remaining length takes two bytes.
    expect(publishBytes('a/b', 120)).toBe(129);
    expect(publishBytes('a/b', 121)).toBe(131);
  });
});
