import { describe, expect, it } from 'vitest';
import { boundedMapping, deviceMapping, isPlausible, timeMap } from './time-map.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const T0 = 1_800_000_000_000;

describe('timeMap', () => {
  it('takes the smallest of receive time minus uptime: latency only ever makes it larger', () => {
    const map = timeMap();
    map.sample(T0 + 900, T0 + 1_000, false);
    map.sample(T0 + 40, T0 + 2_000, false);
    map.sample(T0 + 5_000, T0 + 9_000, false);
    expect(map.mapping(T0 + 9_000, 0)).toMatchObject({
      originMs: T0 + 40,
      quality: 1,
      method: 'gateway-offset',
    });
  });

  it('gives no bound before a message that was built when it was sent', () => {
    const map = timeMap();
    map.sample(T0, T0 + 1_000, false);
    expect(map.mapping(T0 + 1_000, 1_000).boundMs).toBeNull();
    map.sample(T0, T0 + 2_000, true);
    expect(map.mapping(T0 + 2_000, 2_000).boundMs).toBe(250);
  });

  it('widens the bound by drift for what happened long before', () => {
    const map = timeMap();
    map.sample(T0, T0 + 10 * HOUR, true);
    expect(map.mapping(T0 + 10 * HOUR, 0).boundMs).toBe(250 + 3_600);
  });

  it('follows a crystal that drifts: a minimum leaves with its two hours', () => {
    const map = timeMap();
    // 100 ppm slow: the true origin moves up by 360 ms an hour.
    for (let t = 0; t <= 12 * HOUR; t += MINUTE) map.sample(T0 + t * 100e-6 + 20, T0 + t, true);
    const error = map.originMs()! - (T0 + 12 * HOUR * 100e-6);
    expect(error).toBeLessThanOrEqual(20);
    expect(error).toBeGreaterThan(-2 * HOUR * 100e-6 - 20);
  });

  it('keeps its last estimate through hours of silence', () => {
    const map = timeMap();
    map.sample(T0, T0, true);
    expect(map.originMs()).toBe(T0);
    expect(map.mapping(T0 + 50 * HOUR, 50 * HOUR).originMs).toBe(T0);
  });

  it('trusts an old estimate from heartbeats more than a new one from a backlog', () => {
    const map = timeMap();
    map.sample(T0 + 10, T0, true);
    map.sample(T0 + 3 * HOUR, T0 + 5 * HOUR, false);
    expect(map.originMs()).toBe(T0 + 10);
    expect(map.mapping(T0 + 5 * HOUR, 5 * HOUR).boundMs).toBe(250 + 1_800);
  });

  it('goes on from what was known before a restart', () => {
    const map = timeMap(T0, true);
    map.sample(T0 + 30_000, T0 + 60_000, false);
    expect(map.mapping(T0 + 60_000, 30_000)).toMatchObject({ originMs: T0, boundMs: expect.any(Number) });
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
