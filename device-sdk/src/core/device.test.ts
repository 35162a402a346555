import { describe, expect, it } from 'vitest';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice } from './index.ts';

function setUp(options = {}) {
  const clock = manualClock();
  const storage = memoryStorage();
  const gateway = memoryTransport(bed);
  const ports = { clock, storage, transport: gateway, random: seededRandom(1) };
  const boot = () => createDevice({ model: bed, ports, options });
  const device = boot();
  const run = (ms: number, stepMs = 100) => {
    for (let at = 0; at < ms; at += stepMs) {
      device.tick();
      clock.advance(stepMs);
    }
    device.tick();
  };
  return { clock, storage, gateway, device, run, boot };
}

describe('a device', () => {
  it('delivers an event with its attributes, subject and context', () => {
    const { device, gateway, run } = setUp();
    device.points.position_changed.left({ preset: 'tv', angle: 35 }, { intent: 'rest' });
    run(11_000);
    expect(gateway.refused).toEqual([]);
    expect(gateway.stored).toHaveLength(1);
    expect(gateway.stored[0]!.subject).toBe(1);
    expect(gateway.stored[0]!.records[0]).toMatchObject({
      point: 'position_changed',
      attributes: { preset: 'tv', angle: 35, intent: 'rest' },
    });
    expect(device.status()).toMatchObject({ accepted: 1, acked: 1, queued: 0, link: 'open' });
  });
});
