import { Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice } from './index.ts';
import { setUp } from './set-up.fixture.ts';

type World = ReturnType<typeof setUp>;

function kinds(gateway: World['gateway']): number[] {
  return gateway.sent.map((each) => each.message.kind);
}

function dataAndChoices(gateway: World['gateway']): number {
  return kinds(gateway).filter((kind) => kind === Kind.data || kind === Kind.choice).length;
}

describe('data and choices', () => {
  it('wait for the answer to the hello', () => {
    const world = setUp({ ackTimeoutMs: 60_000 });
    world.gateway.holdHello(true);
    world.device.consent.set({ health: true }, { notice: '1' });
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(20_000);
    expect(kinds(world.gateway)).toEqual([Kind.hello]);
    world.gateway.holdHello(false);
    world.run(200);
    expect(dataAndChoices(world.gateway)).toBe(2);
    expect(world.device.status()).toMatchObject({ acked: 1, queued: 0 });
  });

  it('come after the model where the gateway does not know it, so that acknowledged means stored', () => {
    const clock = manualClock();
    const gateway = memoryTransport();
    gateway.holdHello(true);
    const ports = { clock, storage: memoryStorage(), transport: gateway, random: seededRandom(1) };
    const device = createDevice({ model: bed, ports, options: { statusIntervalMs: 0 } });
    device.points.count({ n: 1 });
    device.flush();
    device.tick();
    gateway.holdHello(false);
    device.tick();
    const up = gateway.sent.filter((each) => each.leaf === 'up').map((each) => each.message.kind);
    expect(up.slice(0, 2)).toEqual([Kind.model, Kind.data]);
    expect(gateway.refused).toEqual([]);
    expect(gateway.recordCount()).toBe(1);
  });

  it('wait again for the answer to the hello of every link', () => {
    const world = setUp();
    world.run(200);
    world.gateway.holdHello(true);
    world.gateway.disconnect();
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(20_000);
    expect(world.gateway.isOpen()).toBe(true);
    expect(dataAndChoices(world.gateway)).toBe(0);
  });

  it('are not held back by a message that says the answer in the place of the link', () => {
    const world = setUp();
    world.gateway.ackByMessage(true);
    world.device.points.count({ n: 1 });
    world.device.flush();
    world.run(200);
    expect(world.gateway.recordCount()).toBe(1);
  });
});

describe('a hello', () => {
  it('that nobody answers ends the link, and is said whole again on the next', () => {
    const world = setUp({ ackTimeoutMs: 5000, minRetryMs: 100, hardware: 'b1' });
    world.gateway.holdHello(true);
    world.run(4900);
    expect(kinds(world.gateway)).toEqual([Kind.hello]);
    world.run(1000);
    expect(world.device.status().lastProblem).toContain('no answer for 5000 ms');
    world.gateway.holdHello(false);
    world.run(1000);
    const hellos = world.gateway.sent.filter((each) => each.message.kind === Kind.hello);
    expect(hellos[1]!.message).toMatchObject({ hardware: { hw: 'b1' } });
  });
});
