import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedMapping, DRIFT, deviceMapping, isPlausible, timeMap } from './time-map.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = 1_800_000_000_000;

/** It waited in an outbox. */
const data = { fresh: false, madeWithinMs: null };
const status = { fresh: true, madeWithinMs: null };
/** On a link that let the device in so many ms before. */
const hello = (linkAgeMs: number) => ({ fresh: true, madeWithinMs: linkAgeMs });

describe('timeMap', () => {
  it('takes the smallest of receive time minus uptime: latency only ever makes it larger', () => {
    const map = timeMap();
    map.sample(T0 + 900, T0 + 1_000, data);
    map.sample(T0 + 40, T0 + 2_000, data);
    map.sample(T0 + 5_000, T0 + 9_000, data);
    expect(map.mapping(0)).toMatchObject({ originMs: T0 + 40, quality: 1, method: 'gateway-offset' });
  });

  it('gives no bound before a hello, whatever else was made when it was sent', () => {
    const map = timeMap();
    map.sample(T0, T0 + 1_000, data);
    map.sample(T0, T0 + 1_000, status);
    expect(map.mapping(1_000).boundMs).toBeNull();
    map.sample(T0, T0 + 2_000, hello(35));
    expect(map.mapping(2_000).boundMs).toBe(2 + 35);
  });

  // Found by `npm run chaos`: a link that delayed, and a bound of 250 ms that was taken for granted.
  it('bounds a hello that was under way for 338 ms by what its link has lasted', () => {
    const map = timeMap();
    map.sample(T0 + 338, T0 + 1_338, hello(700));
    const { originMs, boundMs } = map.mapping(1_000);
    expect(boundMs).toBeGreaterThanOrEqual(originMs - T0);
    map.sample(T0 + 3, T0 + 5_003, data);
    expect(map.mapping(5_000)).toMatchObject({ originMs: T0 + 3, boundMs: 2 + 365 + 1 });
  });

  it('takes the narrower of two limits, as far as drift leaves it so', () => {
    const map = timeMap();
    map.sample(T0 + 10, T0, hello(20));
    map.sample(T0 + 400, T0 + HOUR, hello(900));
    expect(map.mapping(HOUR).boundMs).toBe(2 + 20 + 361);
    map.sample(T0 + 5 * HOUR * DRIFT, T0 + 5 * HOUR, hello(30));
    expect(map.mapping(5 * HOUR).boundMs).toBeLessThan(2 + 20 + 1_800);
  });

  it('gives up a limit that another message contradicts: that hello was an old one', () => {
    const map = timeMap();
    map.sample(T0 + 60_000, T0 + 61_000, hello(500));
    expect(map.mapping(1_000).boundMs).toBe(502);
    map.sample(T0 + 7, T0 + 62_000, data);
    expect(map.mapping(1_000)).toMatchObject({ originMs: T0 + 7, boundMs: null });
  });

  it('widens the bound by drift for what happened long before', () => {
    const map = timeMap();
    map.sample(T0, T0 + 10 * HOUR, hello(50));
    expect(map.mapping(0).boundMs).toBe(2 + 50 + 3_600);
  });

  it('follows a crystal that drifts: a minimum leaves with its two hours', () => {
    const map = timeMap();
    // 100 ppm slow: the true origin moves up by 360 ms an hour.
    for (let t = 0; t <= 12 * HOUR; t += MINUTE) map.sample(T0 + t * 100e-6 + 20, T0 + t, status);
    const error = map.originMs()! - (T0 + 12 * HOUR * 100e-6);
    expect(error).toBeLessThanOrEqual(20);
    expect(error).toBeGreaterThan(-2 * HOUR * 100e-6 - 20);
  });

  it('keeps its last estimate through hours of silence', () => {
    const map = timeMap();
    map.sample(T0, T0, hello(9));
    expect(map.originMs()).toBe(T0);
    expect(map.mapping(50 * HOUR)).toMatchObject({ originMs: T0, boundMs: 2 + 9 + 18_000 });
  });

  it('trusts an old estimate from heartbeats more than a new one from a backlog', () => {
    const map = timeMap();
    map.sample(T0 + 10, T0, hello(100));
    map.sample(T0 + 3 * HOUR, T0 + 5 * HOUR, data);
    expect(map.originMs()).toBe(T0 + 10);
    expect(map.mapping(5 * HOUR).boundMs).toBe(2 + 100 + 1_801);
  });

  it('is not set back by a replay of what came hours ago', () => {
    const map = timeMap();
    map.sample(T0 + 10, T0 + 2 * HOUR, hello(5));
    map.sample(T0 + 90_000, T0, data);
    expect(map.mapping(2 * HOUR)).toMatchObject({ originMs: T0 + 10, boundMs: 8 });
  });

  it('goes on from what was known before a restart', () => {
    const before = timeMap();
    before.sample(T0, T0 + 1_000, hello(40));
    const map = timeMap(JSON.parse(JSON.stringify(before.estimate())));
    map.sample(T0 + 30_000, T0 + 60_000, data);
    expect(map.mapping(30_000)).toEqual(before.mapping(30_000));
    expect(timeMap(null).estimate()).toBeNull();
  });
});

describe('the bound of an estimate', () => {
  const ppm = fc.integer({ min: -100, max: 100 });
  const latencyMs = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 90_000 }));
  const step = fc.record({
    afterMs: fc.integer({ min: 1, max: 3 * HOUR }),
    latencyMs,
    kind: fc.constantFrom('hello' as const, 'status' as const, 'data' as const),
    /** From the CONNECT until the device makes its hello. */
    helloAfterMs: fc.integer({ min: 0, max: 5_000 }),
    waitedMs: fc.integer({ min: 0, max: 2 * HOUR }),
  });

  it('holds, whatever links and crystals do', () => {
    fc.assert(
      fc.property(ppm, fc.array(step, { minLength: 1, maxLength: 40 }), (drift, steps) => {
        const map = timeMap();
        const uptimeAt = (wallMs: number) => Math.floor((wallMs - T0) * (1 + drift * 1e-6));
        let wallMs = T0;
        for (const { afterMs, latencyMs: late, kind, helloAfterMs, waitedMs } of steps) {
          wallMs += afterMs;
          const receivedAtMs = Math.floor(wallMs + late);
          const facts = kind === 'hello' ? hello(helloAfterMs + late) : kind === 'status' ? status : data;
          map.sample(receivedAtMs - uptimeAt(wallMs), receivedAtMs, facts);
          const happenedMs = kind === 'data' ? Math.max(T0, wallMs - waitedMs) : wallMs;
          const { originMs, boundMs } = map.mapping(uptimeAt(happenedMs));
          if (boundMs === null) continue;
          expect(Math.abs(originMs + uptimeAt(happenedMs) - happenedMs)).toBeLessThanOrEqual(boundMs);
        }
      }),
    );
  });
});

describe('clocks of devices', () => {
  it('are believed from the configured date to five minutes ahead', () => {
    const earliest = Date.UTC(2024, 0, 1);
    expect(isPlausible(Date.UTC(1970, 0, 1), T0, earliest)).toBe(false);
    expect(isPlausible(earliest, T0, earliest)).toBe(true);
    expect(isPlausible(T0 + 5 * MINUTE, T0, earliest)).toBe(true);
    expect(isPlausible(T0 + 5 * MINUTE + 1, T0, earliest)).toBe(false);
  });

  it('map uptime by their own word, with their own bound', () => {
    expect(deviceMapping({ unixMs: T0, quality: 3, boundMs: 40 }, 1_000)).toEqual({
      originMs: T0 - 1_000,
      quality: 3,
      boundMs: 40,
      method: 'device',
    });
    expect(deviceMapping({ unixMs: T0, quality: 2 }, 0).boundMs).toBeNull();
  });

  it('leave a bound and no invented time for a boot that is over', () => {
    expect(boundedMapping(T0)).toEqual({ originMs: T0, quality: 0, boundMs: null, method: 'receive' });
  });
});
