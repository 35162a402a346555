import { Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

const noon = Date.UTC(2026, 5, 1, 12);

describe('time', () => {
  it('is uptime and boot alone where there is no clock', () => {
    const world = setUp();
    world.clock.advance(5000);
    world.device.points.count({ n: 1 });
    world.run(20_000);
    expect(world.gateway.stored[0]).toMatchObject({ uptimeMs: 5000, ageMs: 10_000, clock: null });
    expect(world.records('count')[0]!.uptimeMs).toBe(5000);
  });

  it('carries the clock of its base where there is one', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: noon, quality: 3 });
    world.clock.advance(5000);
    world.device.points.count({ n: 1 });
    world.run(20_000);
    expect(world.gateway.stored[0]!.clock).toEqual({ unixMs: noon + 5000, quality: 3 });
  });

  it('is not disturbed by a clock that is years off, and set right in between', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: Date.UTC(1999, 0, 1), quality: 1 });
    world.device.points.count({ n: 1 });
    world.clock.advance(1000);
    world.clock.setWall({ unixMs: noon, quality: 3 });
    world.device.points.count({ n: 2 });
    world.run(20_000);
    expect(world.records('count').map((each) => each.uptimeMs)).toEqual([0, 1000]);
    expect(world.gateway.stored[0]!.clock).toEqual({ unixMs: noon - 1000, quality: 3 });
  });

  it('leaves out a time of day that cannot travel', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: -5_000_000, quality: 1 });
    world.device.points.count({ n: 1 });
    world.run(20_000);
    expect(world.gateway.stored[0]!.clock).toBeNull();
  });

  it('takes the time of the gateway when it has none, with quality 3', () => {
    const world = setUp();
    world.run(1000);
    world.gateway.push({ kind: Kind.time, clock: { unixMs: noon, quality: 4, boundMs: 20 } });
    world.run(2000);
    expect(world.device.status().clock).toMatchObject({ unixMs: noon + 2000, quality: 3 });
    world.device.points.count({ n: 1 });
    world.run(20_000);
    expect(world.gateway.stored[0]!.clock).toMatchObject({ unixMs: noon + 2000, quality: 3 });
  });

  it('prefers its own clock to that of the gateway', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: noon, quality: 2 });
    world.run(1000);
    world.gateway.push({ kind: Kind.time, clock: { unixMs: noon + 9_000_000, quality: 4 } });
    expect(world.device.status().clock).toMatchObject({ unixMs: noon + 1000, quality: 2 });
  });

  it('never runs back, whatever the port says', () => {
    const world = setUp();
    world.clock.advance(10_000);
    world.device.points.count({ n: 1 });
    world.clock.restart();
    world.device.points.count({ n: 2 });
    expect(world.device.status().uptimeMs).toBe(10_000);
  });

  it('gives rows of a boot that is over the clock of that boot', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: noon, quality: 3 });
    world.clock.advance(3000);
    world.device.points.count({ n: 1 });
    const boot = world.device.status().boot;
    world.storage.crash();
    world.gateway.close();
    world.clock.advance(60_000);
    world.restart();
    world.run(1000);
    expect(world.gateway.stored[0]).toMatchObject({
      boot,
      uptimeMs: 3000,
      clock: { unixMs: noon + 3000, quality: 3 },
    });
  });
});

describe('the clock', () => {
  const synced = (unixMs: number) => ({ unixMs, quality: 3 as const, boundMs: 50 });
  type World = ReturnType<typeof setUp>;
  /** One message. */
  const tell = (world: World): void => {
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(1000, 500);
  };
  const clocks = (world: World) => world.gateway.stored.map((each) => each.clock !== null);

  it('travels with the first message of a boot and every 32nd of its lane, and no age travels beside it', () => {
    const world = setUp();
    world.clock.setWall(synced(noon));
    for (let i = 0; i < 70; i++) tell(world);
    expect(
      clocks(world)
        .map((has, i) => (has ? i : -1))
        .filter((i) => i >= 0),
    ).toEqual([0, 32, 64]);
    expect(world.gateway.stored.every((each) => each.ageMs === 0)).toBe(true);
  });

  it('travels when it has moved by more than a second, or is known better or worse', () => {
    const world = setUp();
    world.clock.setWall(synced(noon));
    tell(world);
    const now = () => world.device.status().clock!.unixMs;
    world.clock.setWall(synced(now() + 900));
    tell(world);
    world.clock.setWall(synced(now() + 200));
    tell(world);
    tell(world);
    world.clock.setWall({ unixMs: now(), quality: 2 });
    tell(world);
    tell(world);
    expect(clocks(world)).toEqual([true, false, true, false, true, false]);
  });

  it('travels in each lane, since one may overtake the other', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.clock.setWall(synced(noon));
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.device.points.overheat({ celsius: 90 });
    world.run(1000);
    world.gateway.setOnline(true);
    world.run(60_000);
    expect(clocks(world)).toEqual([true, true]);
  });

  it('travels again in what is made of the rows of a boot that is over', () => {
    const world = setUp();
    world.clock.setWall(synced(noon));
    tell(world);
    world.device.points.count({ n: 2 });
    world.device.tick();
    world.restart();
    world.clock.setWall(synced(noon + 60_000));
    tell(world);
    const old = world.gateway.stored.filter((each) => each.boot === world.gateway.stored[0]!.boot);
    expect(old.map((each) => each.clock !== null)).toEqual([true, true]);
  });

  it('is made up for by the age where there is none, or none that is known at all', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: noon, quality: 0 });
    world.device.points.count({ n: 1 });
    world.run(20_000);
    expect(world.gateway.stored[0]).toMatchObject({ ageMs: 10_000 });
  });
});

describe('boots', () => {
  it('begins with a random id and counts from a random place on', () => {
    const world = setUp();
    const first = world.device.status().boot;
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    world.restart();
    const second = Number(world.device.status().boot);
    world.restart();
    expect(Number(world.device.status().boot)).toBe(second + 1);
  });

  it('takes a random id when the counter is damaged', () => {
    const world = setUp();
    world.restart();
    world.storage.damage('boot', 0);
    world.restart();
    expect(world.device.status().boot).toMatch(/^[0-9a-f]{16}$/);
  });

  it('takes a random id when the counter cannot be written', () => {
    const world = setUp();
    world.restart();
    world.storage.setBroken(true);
    world.restart();
    expect(world.device.status().boot).toMatch(/^[0-9a-f]{16}$/);
  });
});
