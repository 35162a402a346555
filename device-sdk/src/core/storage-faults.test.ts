import { event, int, product } from '@usewire/protocol/model';
import { describe, expect, it } from 'vitest';
import { memoryTransport } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice } from './index.ts';
import { setUp } from './set-up.fixture.ts';

function fill(world: ReturnType<typeof setUp>, messages: number): void {
  world.gateway.setOnline(false);
  for (let n = 0; n < messages; n++) {
    for (let i = 0; i < 10; i++) world.device.points.count({ n: n * 10 + i });
    world.device.flush();
    world.run(100);
  }
}

function drain(world: ReturnType<typeof setUp>): void {
  world.gateway.setOnline(true);
  world.run(60_000);
}

describe('a damaged storage', () => {
  it('passes over damaged bytes and tells exactly what they held', () => {
    const world = setUp();
    fill(world, 20);
    const name = world.storage.list().find((each) => each.startsWith('n-'))!;
    world.storage.damage(name, Math.floor(world.storage.size(name) / 2));
    world.restart();
    drain(world);
    expect(world.gateway.recordCount()).toBe(190);
    expect(world.gateway.gapCount('storage')).toBe(10);
  });

  it('tells a damaged stretch once, over any number of starts', () => {
    const world = setUp();
    fill(world, 20);
    const name = world.storage.list().find((each) => each.startsWith('n-'))!;
    for (const part of [0.2, 0.25, 0.3, 0.6]) {
      world.storage.damage(name, Math.floor(world.storage.size(name) * part));
    }
    for (let i = 0; i < 5; i++) {
      world.restart();
      world.run(100);
    }
    drain(world);
    expect(world.gateway.recordCount() + world.gateway.gapCount('storage')).toBe(200);
    expect(world.gateway.gapCount('storage')).toBeGreaterThanOrEqual(20);
  });

  it('tells a message that became unreadable while the device runs', () => {
    const world = setUp();
    fill(world, 5);
    const name = world.storage.list().find((each) => each.startsWith('n-'))!;
    world.storage.damage(name, Math.floor(world.storage.size(name) / 2));
    drain(world);
    expect(world.gateway.recordCount()).toBe(40);
    expect(world.gateway.gapCount('storage')).toBe(10);
  });

  it('tells rows that are missing in the middle of a journal as lost with the power', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    for (let n = 0; n < 10; n++) world.device.points.count({ n });
    const name = world.storage.list().find((each) => each.startsWith('j-'))!;
    world.storage.damage(name, Math.floor(world.storage.size(name) * 0.6));
    world.restart();
    drain(world);
    expect(world.gateway.recordCount()).toBe(9);
    expect(world.gateway.gapCount('power')).toBe(1);
  });

  it('survives damage to every single byte, one at a time, and never sends anything false', () => {
    const original = setUp();
    fill(original, 3);
    original.device.points.count({ n: 999 });
    const names = original.storage.list();
    let checked = 0;
    for (const name of names) {
      for (let offset = 0; offset < original.storage.size(name); offset += 3) {
        const world = setUp();
        fill(world, 3);
        world.device.points.count({ n: 999 });
        world.storage.damage(name, offset);
        world.restart();
        drain(world);
        checked += 1;
        expect(world.gateway.refused).toEqual([]);
        const told = world.gateway.recordCount() + world.gateway.gapCount();
        expect(told, `${name} ${offset}`).toBeLessThanOrEqual(31);
        expect(world.gateway.recordCount(), `${name} ${offset}`).toBeGreaterThanOrEqual(20);
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  it('goes on in memory while the storage takes nothing, and writes when it does again', () => {
    const world = setUp();
    world.run(100);
    world.storage.setBroken(true);
    for (let n = 0; n < 20; n++) world.device.points.count({ n });
    world.run(15_000);
    expect(world.device.status().storageFailures).toBeGreaterThan(0);
    expect(world.gateway.recordCount()).toBe(0);
    world.storage.setBroken(false);
    world.run(15_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(20);
    expect(world.gateway.gapCount()).toBe(0);
  });

  it('holds its bounds on disk and in memory through a long outage, critical last to go', () => {
    const world = setUp({ maxMessageBytes: 512, maxOutboxBytes: 16_384, flushIntervalMs: 1000 });
    world.gateway.setOnline(false);
    world.device.points.overheat({ celsius: 99 });
    for (let n = 0; n < 1500; n++) {
      world.device.points.count({ n });
      world.device.points.sound.add(n % 256);
      world.run(1000, 1000);
    }
    expect(world.storage.peakBytes()).toBeLessThanOrEqual(16_384);
    drain(world);
    world.run(300_000, 1000);
    expect(world.records('overheat')).toHaveLength(1);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(3001);
    const last = Math.max(...world.records('count').map((each) => each.attributes['n'] as number));
    expect(last).toBe(1499);
  });
});

describe('an update of the model', () => {
  const after = product('acme.bed', 2, {
    purposes: { service: { basis: 'contract', code: 'service_provision' } },
    points: { opened: event({ id: 50, for: 'service', attributes: { how: int(0, 3) } }) },
  });

  it('sends what the older model recorded as the older model says', () => {
    const world = setUp();
    const gateway = memoryTransport(bed, after);
    world.gateway.setOnline(false);
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.device.points.count({ n: 2 });
    const random = { next: () => 0.5, fill: (bytes: Uint8Array) => bytes.fill(9) };
    const ports = { clock: world.clock, storage: world.storage, transport: gateway, random: random as never };
    world.clock.restart();
    const device = createDevice({ model: after, ports });
    device.points.opened({ how: 1 });
    device.flush();
    for (let i = 0; i < 50; i++) {
      device.tick();
      world.clock.advance(100);
    }
    expect(gateway.refused).toEqual([]);
    const points = gateway.stored.flatMap((each) => each.records).map((each) => each.point);
    expect(points.sort()).toEqual(['count', 'count', 'opened']);
  });
});
