import { expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

// Found by `npm run chaos`: devices with 4 KiB of room that were killed while full kept everything for ever.
it('a device with little room that is killed while it is full sends what it has when the gateway is back', () => {
  const world = setUp({
    ...{ maxMessageBytes: 256, maxOutboxBytes: 4096, flushIntervalMs: 300, syncIntervalMs: 200 },
    ...{ minRetryMs: 100, maxRetryMs: 1500, ackTimeoutMs: 4000 },
  });
  let accepted = 0;
  let n = 0;
  world.gateway.loseAcks(() => true);
  for (let life = 0; life < 12; life++) {
    world.gateway.setOnline(life % 3 !== 1);
    for (let i = 0; i < 150; i++) {
      world.device.points.count({ n: (n++ * 7919) % 1_000_000 });
      if (i % 5 === 0) world.device.points.overheat({ celsius: 80 });
      if (i % 3 === 0) world.run(60, 20);
    }
    accepted += world.device.status().accepted;
    world.restart();
  }
  world.gateway.loseAcks(null);
  world.gateway.setOnline(true);
  world.run(60_000);
  expect(world.device.status()).toMatchObject({ queued: 0, messages: { waiting: 0 } });
  expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(accepted);
  expect(world.storage.peakBytes()).toBeLessThanOrEqual(4096);
});
