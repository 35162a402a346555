import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

function sendMany(world: ReturnType<typeof setUp>, messages: number): void {
  for (let m = 0; m < messages; m++) {
    for (let i = 0; i < 900; i++) world.device.points.count({ n: (m * 900 + i * 7919) % 1_000_000 });
    world.device.flush();
    world.run(200);
  }
}

describe('a loss', () => {
  it('is told once, though the message that told it is gone from the disk at the next start', () => {
    const world = setUp({ maxOutboxBytes: 1 << 20 });
    world.device.points.count({ n: -1 });
    world.run(11_000);
    expect(world.gateway.gapCount('invalid')).toBe(1);
    sendMany(world, 40);
    // The first segment of the lane went with all its messages.
    expect(world.storage.list()).not.toContain('n-1.0.0.0.0');
    world.restart();
    world.run(60_000);
    expect(world.gateway.gapCount()).toBe(1);
    expect(world.gateway.recordCount()).toBe(36_000);
  });

  it('is not made of messages that the gateway may have, however full the outbox is', () => {
    const world = setUp({ maxMessageBytes: 512, maxOutboxBytes: 8192, maxInFlight: 16 });
    world.gateway.loseAcks(() => true);
    for (let n = 0; n < 10; n++) {
      world.device.points.count({ n });
      world.device.flush();
      world.run(200);
    }
    expect(world.gateway.recordCount()).toBe(10);
    world.gateway.setOnline(false);
    for (let n = 10; n < 400; n++) {
      world.device.points.count({ n });
      world.device.flush();
      world.run(200);
      // The marks of what was sent outlive a restart.
      if (n === 100) world.restart();
    }
    world.gateway.loseAcks(null);
    world.gateway.setOnline(true);
    world.run(300_000);
    expect(world.gateway.gapCount('evicted')).toBeGreaterThan(50);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(400);
  });
});
