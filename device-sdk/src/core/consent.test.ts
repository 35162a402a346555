import { Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

const notice = { notice: '2026-09' };

describe('consent', () => {
  it('records nothing of a purpose that nobody granted, and leaves no trace of it', () => {
    const world = setUp();
    for (let i = 0; i < 100; i++) world.device.points.heart_rate.left.add(60);
    world.run(70_000);
    expect(world.gateway.recordCount()).toBe(0);
    expect(world.device.status()).toMatchObject({ accepted: 0, queued: 0 });
    expect(Object.values(world.device.status().drops).every((count) => count === 0)).toBe(true);
    expect(world.storage.list().filter((name) => name.startsWith('j-') || name.startsWith('b-'))).toEqual([]);
  });

  it('records for the person who granted, under a new epoch, and tells the choice before the data', () => {
    const world = setUp();
    world.run(100);
    const result = world.device.consent.set({ health: true }, { ...notice, subject: 'left' });
    expect(result).toEqual({ ok: true, epoch: 1 });
    world.device.points.heart_rate.left.add(61);
    world.device.points.heart_rate.right.add(62);
    world.run(70_000);
    expect(world.gateway.choices).toMatchObject([{ epoch: 0, subject: 1, choices: { 6: 1 } }]);
    expect(world.records('heart_rate').map((each) => each.value)).toEqual([61]);
    expect(world.gateway.stored[0]).toMatchObject({ epoch: 1, subject: 1 });
    const kinds = world.gateway.sent.map((each) => each.message.kind);
    expect(kinds.indexOf(Kind.choice)).toBeLessThan(kinds.indexOf(Kind.data));
  });

  it('keeps records of before and after a choice in messages of their own epoch', () => {
    const world = setUp();
    world.device.points.count({ n: 1 });
    world.device.consent.set({ health: true }, notice);
    world.device.points.count({ n: 2 });
    world.run(30_000);
    const byEpoch = world.gateway.stored.map((each) => [
      each.epoch,
      each.records.map((r) => r.attributes['n']),
    ]);
    expect(byEpoch).toEqual([
      [0, [1]],
      [1, [2]],
    ]);
  });

  it('stops recording at once when it is withdrawn, and sends nothing of what waited', () => {
    const world = setUp();
    const who = { ...notice, subject: 'left' };
    world.device.consent.set({ health: true }, who);
    world.device.points.heart_rate.left.add(61);
    world.device.consent.set({ health: false }, who);
    world.device.points.heart_rate.left.add(99);
    world.run(70_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(world.gateway.choices.map((each) => each.choices)).toEqual([{ 6: 1 }, { 6: 2 }]);
    expect(world.device.status()).toMatchObject({ accepted: 1, withdrawn: 1, queued: 0 });
  });

  it('is kept over a restart', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, { ...notice, subject: 'right' });
    world.restart();
    expect(world.device.consent.isGranted('health', 'right')).toBe(true);
    expect(world.device.consent.isGranted('health', 'left')).toBe(false);
    expect(world.device.consent.epoch()).toBe(1);
    world.run(1000);
    expect(world.gateway.choices).toHaveLength(1);
  });

  it('counts damaged choices as none', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, notice);
    world.storage.damage('consent', 3);
    world.restart();
    expect(world.device.consent.isGranted('health')).toBe(false);
  });

  it('never gives up a choice when the outbox is full', () => {
    const world = setUp({ maxMessageBytes: 512, maxOutboxBytes: 8192, flushIntervalMs: 1000 });
    world.gateway.setOnline(false);
    world.device.consent.set({ health: true }, { ...notice, subject: 'left' });
    for (let i = 0; i < 300; i++) {
      world.device.points.count({ n: i });
      world.device.points.heart_rate.left.add(60);
      world.run(1100, 1100);
    }
    world.gateway.setOnline(true);
    world.run(200_000);
    expect(world.gateway.choices).toHaveLength(1);
    expect(world.gateway.gapCount('evicted')).toBeGreaterThan(0);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(600);
  });

  it.each([
    [{ nothing: true }, {}],
    [{ service: true }, {}],
    [{ health: 'yes' }, {}],
    [{}, {}],
    [{ health: true }, { subject: 'middle' }],
  ])('answers a call that cannot be meant: %j %j', (choices, more) => {
    const world = setUp();
    const result = world.device.consent.set(choices as never, { ...notice, ...more } as never);
    expect(result).toMatchObject({ ok: false, code: 'DEV_CONSENT' });
    expect(world.device.consent.epoch()).toBe(0);
  });
});
