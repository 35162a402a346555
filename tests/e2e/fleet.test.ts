import { mqttLinks, simulate, summary } from '@usewire/simulators';
import { afterEach, describe, expect, it } from 'vitest';
import { type FleetGateway, startFleetGateway } from '../support/fleet-gateway.ts';

let running: FleetGateway | undefined;

afterEach(() => running?.remove());

describe('a fleet over MQTT', () => {
  it('lives through a night and a morning, and everything arrives once, in order, at its time', async () => {
    running = await startFleetGateway();
    await using world = simulate({
      seed: 11,
      devices: 8,
      startMs: Date.UTC(2026, 2, 2, 20),
      transport: mqttLinks({ gateway: running.url }),
      sdk: { flushIntervalMs: 60_000, bulkFlushIntervalMs: 900_000 },
    });
    await world.advance('14h');
    await world.drain();
    const verdict = world.verdict(await running.finish());
    expect(summary(verdict)).toMatch(/^PASSED: 8 devices/);
    expect(verdict.stored).toBeGreaterThan(50_000);
    expect(verdict.unpromisedTimes).toBe(0);
    expect(world.report()).toMatchObject({ undelivered: 0, gaps: 0 });
  });

  it('loses and doubles nothing on a bad day: lost acks, broken connections, copies, power cuts, hours offline', async () => {
    running = await startFleetGateway();
    await using world = simulate({
      seed: 12,
      devices: 6,
      products: ['bed', 'car', 'wearable', 'appliance', 'wristband', 'machine'],
      days: 1,
      startMs: Date.UTC(2026, 2, 3, 6),
      transport: mqttLinks({ gateway: running.url }),
      sdk: { flushIntervalMs: 120_000, bulkFlushIntervalMs: 900_000 },
      faults: { lostAck: 4, disconnect: 4, duplicate: 4, reboot: 3, offline: 0.5 },
    });
    await world.advance('1d');
    await world.drain();
    const verdict = world.verdict(await running.finish());
    expect(summary(verdict)).toMatch(/^PASSED: 6 devices/);
    expect(world.log().filter((line) => line.includes('fault')).length).toBeGreaterThan(40);
    expect(running.gateway.view.counters().duplicates).toBeGreaterThan(0);
  });
});
