import { describe, expect, it } from 'vitest';
import { zeroCounters } from './counters.ts';
import { bootOf, bootSnapshot, deviceEntry } from './device-entry.ts';
import { deviceRegistry } from './devices.ts';
import { timeOf } from './time-of.ts';

const T0 = 1_800_000_000_000;
const HOUR = 3_600_000;
const ID = { tenant: 't', device: 'b' };

type Clock = { unixMs: number; quality: number; boundMs?: number };

/** A gateway's knowledge of one device, told message by message. */
function bench() {
  const context = {
    options: { earliestPlausibleMs: Date.UTC(2024, 0, 1), maxParkedBytes: 0 },
    counters: zeroCounters(),
  };
  const world = {
    context,
    device: deviceEntry(ID, T0),
    hear(boot: number, uptimeMs: number, receivedAtMs: number, clock?: Clock, fresh = false) {
      const entry = bootOf(world.device, boot, receivedAtMs, fresh);
      const facts = { uptimeMs, ageMs: 0, clock, fresh, madeWithinMs: null };
      return timeOf(context, world.device, entry, receivedAtMs, facts);
    },
    restart() {
      const boots = [...world.device.boots.values()].map((boot) => bootSnapshot(world.device, boot));
      const registry = deviceRegistry();
      registry.restore({
        devices: [],
        models: [],
        consents: [],
        unsaved: [],
        boots: JSON.parse(JSON.stringify(boots)),
      });
      world.device = registry.entry(ID, T0);
    },
  };
  return world;
}

const synced = (unixMs: number): Clock => ({ unixMs, quality: 3, boundMs: 20 });

describe('a message without a clock', () => {
  it('has the time of the clock that its boot told last, its quality, and a bound that grows by the drift', () => {
    const world = bench();
    world.hear(1, 5_000, T0 + 40, synced(T0));
    expect(world.hear(1, 5_000 + HOUR, T0 + HOUR + 900)).toEqual({
      originMs: T0 - 5_000,
      quality: 3,
      boundMs: 20 + 360,
      method: 'device',
    });
  });

  it('has it from a hello or a status as well', () => {
    const world = bench();
    world.hear(1, 1_000, T0, synced(T0), true);
    expect(world.hear(1, 61_000, T0 + 60_500)).toMatchObject({ originMs: T0 - 1_000, boundMs: 26 });
  });

  it('of a boot that is over has the time of that boot, when its backlog begins with the clock', () => {
    const world = bench();
    world.hear(2, 1_000, T0, synced(T0), true);
    const yesterday = T0 - 24 * HOUR;
    world.hear(1, 10_000, T0 + 100, synced(yesterday));
    expect(world.hear(1, 20_000, T0 + 120)).toMatchObject({ originMs: yesterday - 10_000, quality: 3 });
    expect(world.hear(2, 3_000, T0 + 2_000)).toMatchObject({ originMs: T0 - 1_000, quality: 3 });
  });

  it('that waited is mapped like a live one that came before it', () => {
    const world = bench();
    world.hear(1, 4 * HOUR, T0, synced(T0), true);
    const live = world.hear(1, 4 * HOUR + 10, T0 + 30);
    const backlog = world.hear(1, 1_000, T0 + 40);
    expect(backlog.originMs).toBe(live.originMs);
    expect(backlog).toMatchObject({ quality: 3, boundMs: 20 + 1_440 });
  });

  it('is mapped the same after a restart of the gateway', () => {
    const world = bench();
    world.hear(1, 5_000, T0, synced(T0));
    const before = world.hear(1, 65_000, T0 + 60_000);
    world.restart();
    expect(world.hear(1, 65_000, T0 + 99_000)).toEqual(before);
  });

  it('is not mapped by a clock that was not believed', () => {
    const world = bench();
    world.hear(1, 1_000, T0, { unixMs: 0, quality: 4 }, true);
    expect(world.hear(1, 2_000, T0 + 1_000)).toMatchObject({ quality: 1, method: 'gateway-offset' });
    world.hear(1, 3_000, T0 + 2_000, { unixMs: T0, quality: 1 });
    expect(world.hear(1, 4_000, T0 + 3_000)).toMatchObject({ quality: 1, method: 'gateway-offset' });
    expect(world.context.counters.clockImplausible).toBe(1);
  });
});

describe('of two clocks of a boot', () => {
  const known = (clock: Clock, then: Clock) => {
    const world = bench();
    world.hear(1, 10_000, T0 + HOUR, clock);
    world.hear(1, 20_000, T0 + HOUR, then);
    return world.hear(1, 20_000, T0 + HOUR);
  };

  it('the one that is better known counts', () => {
    const rough = { unixMs: T0 - 700_000, quality: 2 };
    expect(known(rough, synced(T0))).toMatchObject({ originMs: T0 - 20_000, quality: 3 });
    expect(known(synced(T0), { unixMs: T0 + 10_300, quality: 2 })).toMatchObject({
      originMs: T0 - 10_000,
      quality: 3,
    });
  });

  it('the later counts where they are as good, or where it takes the other back', () => {
    expect(known(synced(T0), synced(T0 + 10_080))).toMatchObject({ originMs: T0 - 9_920 });
    const stepped = { unixMs: T0 + 70_000, quality: 2 };
    expect(known(synced(T0), stepped)).toMatchObject({ originMs: T0 + 50_000, quality: 2 });
  });

  it('the earlier does not count when it comes late', () => {
    const world = bench();
    world.hear(1, 90_000, T0, synced(T0));
    world.hear(1, 10_000, T0, synced(T0 - 80_400));
    expect(world.hear(1, 50_000, T0)).toMatchObject({ originMs: T0 - 90_000 });
  });
});
