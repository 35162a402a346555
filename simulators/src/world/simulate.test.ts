import { describe, expect, it } from 'vitest';
import { summary } from '../verdict/report.ts';
import { UsageError } from './fleet.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/** From here four hours hold an evening, the end of a shift and the first hours of a night in bed. */
const EVENING_MS = Date.UTC(2026, 2, 2, 19, 30);
const NIGHT_MS = Date.UTC(2026, 2, 2, 1);

async function run(options: SimulateOptions, duration = '4h') {
  await using world = simulate(options);
  await world.advance(duration);
  await world.drain();
  const devices = world.devices.map((device) => ({
    name: device.spec.name,
    events: device.truth.hash(),
    frames: device.framesHash(),
  }));
  return { verdict: world.verdict(), report: world.report(), log: world.log(), devices };
}

describe('simulate', { timeout: 60_000 }, () => {
  it('tells a story: a night in bed, and all of it is there in the morning', async () => {
    await using world = simulate({ seed: 7, devices: 1, products: ['bed'], startMs: NIGHT_MS });
    await world.until(
      (now) => now.truth().some((one) => one.kind === 'record' && one.point === 'sleep'),
      '36h',
    );
    await world.drain();
    const night = world.received().find((record) => record.point === 'sleep');
    expect(Number(night?.attributes.in_bed_min)).toBeGreaterThan(200);
    expect(world.verdict().passed).toBe(true);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const options = {
      seed: 21,
      devices: 6,
      startMs: EVENING_MS + 3_600_000,
      products: ['bed', 'car', 'wearable', 'appliance', 'wristband', 'machine'],
    };
    const first = await run(options, '2h');
    const second = await run(options, '2h');
    const other = await run({ ...options, seed: 22 }, '2h');
    expect(second.report).toEqual(first.report);
    expect(second.log).toEqual(first.log);
    expect(other.report.eventsHash).not.toBe(first.report.eventsHash);
    expect(other.report.framesHash).not.toBe(first.report.framesHash);
  });

  it('gives the same bytes whatever the steps in which time is advanced', async () => {
    const options = { seed: 3, devices: 4 };
    const whole = await run(options, '6h');
    await using world = simulate(options);
    for (let i = 0; i < 24; i++) await world.advance('15m');
    await world.drain();
    expect(world.report()).toEqual(whole.report);
  });

  it('has the fleet of 10 unchanged in the fleet of 1,000', async () => {
    const small = await run({ seed: 5, devices: 10 }, '10m');
    const large = await run({ seed: 5, devices: 1000 }, '10m');
    expect(large.devices).toHaveLength(1000);
    expect(large.devices.slice(0, 10)).toEqual(small.devices);
    expect(new Set(large.devices.map((one) => one.name)).size).toBe(1000);
    expect(summary(large.verdict)).toMatch(/^PASSED/);
  });

  it('says what is wrong with its options', () => {
    expect(() => simulate({ devices: 0 })).toThrow(UsageError);
    expect(() => simulate({ devices: 1, products: ['boat'] })).toThrow(
      "there is no product 'boat'; there are bed, car",
    );
  });

  it('refuses a duration that is none', async () => {
    await using world = simulate({ devices: 1 });
    await expect(world.advance('8 hours')).rejects.toThrow("'8 hours' is no duration");
  });
});

describe('faults', { timeout: 60_000 }, () => {
  const each = { seed: 9, devices: 3, products: ['bed', 'wearable', 'car'], days: 1, startMs: EVENING_MS };
  const lived = new Map<string, ReturnType<typeof run>>();
  /** Worlds that several tests look at are lived once. */
  const world = (options: SimulateOptions): ReturnType<typeof run> => {
    const key = JSON.stringify(options);
    const found = lived.get(key) ?? run(options);
    lived.set(key, found);
    return found;
  };
  const bad = [
    ['lost acknowledgements', { lostAck: 160 }],
    ['connections that break while sending', { disconnect: 160 }],
    ['messages sent twice', { duplicate: 160 }],
    ['hours and days offline', { offline: 40 }],
  ] as const;

  it.each(bad)('lose and double nothing: %s', async (_name, faults) => {
    const { verdict, log } = await world({ ...each, faults });
    expect(summary(verdict)).toMatch(/^PASSED/);
    expect(verdict.stored).toBe(verdict.accepted);
    expect(verdict.accepted).toBeGreaterThan(10_000);
    expect(log.filter((line) => line.includes('fault')).length).toBeGreaterThan(3);
  });

  it('lose no more than was not on the disk yet when the power is cut', async () => {
    const { verdict, log } = await world({ ...each, faults: { reboot: 120 } });
    const cuts = log.filter((line) => line.includes('reboot')).length;
    const missing = verdict.accepted - verdict.stored - verdict.gaps;
    expect(cuts).toBeGreaterThan(30);
    expect(summary(verdict)).toMatch(/^PASSED/);
    // A sync a second: what two sides of a bed and a few counters bring in that time.
    expect(missing).toBeLessThan(cuts * 4);
  });

  it('leave right times right, and promise nothing for clocks that are off or missing', async () => {
    const { verdict } = await world({ ...each, devices: 8, faults: { clockOff: 0.3, noClock: 0.2 } });
    expect(summary(verdict)).toMatch(/^PASSED/);
    expect(verdict.unpromisedTimes).toBeGreaterThan(0);
    expect(verdict.unpromisedTimes).toBeLessThan(verdict.stored);
  });

  it('change nothing in what people do', async () => {
    const calm = await world(each);
    for (const [name, faults] of bad) {
      const rough = await world({ ...each, faults });
      expect(rough.devices.map((one) => one.events)).toEqual(calm.devices.map((one) => one.events));
      expect(rough.verdict.accepted, name).toBe(calm.verdict.accepted);
    }
  });

  it('are logged with their cause and come back with the seed', async () => {
    const options = { ...each, faults: { reboot: 120 } };
    const once = await world(options);
    const again = await run(options);
    expect(once.log.some((line) => /^2026-.*fault \{"kind":"reboot","downMs":\d+\}$/.test(line))).toBe(true);
    expect(again.log).toEqual(once.log);
    expect(again.report).toEqual(once.report);
  });
});
