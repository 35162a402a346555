import { describe, expect, it } from 'vitest';
import { testSpool } from '../testing/test-spool.ts';
import { positionReceivedAfter } from './position-at.ts';

describe('positionReceivedAfter', () => {
  it.each([
    [0, 1],
    [10, 2],
    [15, 2],
    [90, 10],
    [100, 11],
    [500, 11],
  ])('of messages at 10, 20 ... 100 ms, after %i ms, is %i', async (ms, position) => {
    const spool = testSpool();
    for (let at = 10; at <= 100; at += 10) await spool.add(1, { receivedAtMs: at });
    expect(positionReceivedAfter(spool, ms)).toBe(position);
  });

  it('passes what was pruned', async () => {
    const spool = testSpool();
    for (let at = 10; at <= 100; at += 10) await spool.add(1, { receivedAtMs: at });
    spool.advance('out', 4);
    spool.checkpoint({ boots: [], devices: [], prune: { receivedBeforeMs: 1_000, sinks: ['out'] } });
    expect(positionReceivedAfter(spool, 65)).toBe(7);
  });

  it('is 1 in an empty store', () => {
    expect(positionReceivedAfter(testSpool(), 5)).toBe(1);
  });
});
