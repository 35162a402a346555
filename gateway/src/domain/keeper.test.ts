import { describe, expect, it } from 'vitest';
import { manualTime } from '../testing/manual-time.ts';
import { deviceRegistry } from './devices.ts';
import { keeper } from './keeper.ts';
import type { SpoolStore } from './ports.ts';

/** A keeper over a store that is as full as it is told. */
function bench() {
  const time = manualTime();
  const told: string[] = [];
  const say = (event: string, fields?: Record<string, unknown>) =>
    told.push(`${event} ${fields?.percent ?? fields?.code}`);
  const log = { debug: () => {}, info: say, warn: say, error: say };
  const state = { usedBytes: 0, fails: false };
  const failure = { code: 'SPOOL_IO' as const, message: 'no' };
  const store = {
    usedBytes: () => state.usedBytes,
    lastPosition: () => 0,
    checkpoint: () => (state.fails ? { ok: false, failure } : { ok: true, pruned: 0 }),
  } as unknown as SpoolStore;
  const options = { retentionMs: 0, maxBytes: 1_000, highWaterPercent: 80, sinks: () => [] };
  const keep = keeper(options, { store, devices: deviceRegistry(), clock: time, scheduler: time, log });
  keep.start();
  const turn = async (change: Partial<typeof state>) => {
    Object.assign(state, change);
    await time.advance(5_000);
    return keep.alarm();
  };
  return { turn, told };
}

describe('the space of the store', () => {
  it('D3: is told once from the mark on, and once when it is clearly below it again', async () => {
    const { turn, told } = bench();
    expect(await turn({ usedBytes: 799 })).toBe(false);
    expect(await turn({ usedBytes: 800 })).toBe(true);
    expect(await turn({ usedBytes: 990 })).toBe(true);
    expect(await turn({ usedBytes: 760 })).toBe(true);
    expect(await turn({ usedBytes: 810 })).toBe(true);
    expect(await turn({ usedBytes: 740 })).toBe(false);
    expect(await turn({ usedBytes: 900 })).toBe(true);
    expect(told).toEqual(['spool.high 80', 'spool.clear 74', 'spool.high 90']);
  });

  it('D2: tells of a state that cannot be saved once an outage, not once every five seconds', async () => {
    const { turn, told } = bench();
    for (const fails of [true, true, true, false, false, true]) await turn({ fails });
    expect(told).toEqual(['spool.checkpoint.failed SPOOL_IO', 'spool.checkpoint.failed SPOOL_IO']);
  });
});
