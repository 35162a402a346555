import { expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

// Found by `npm run chaos`: devices with little room that were stopped just when their gateway was back.
it('sends all that it has before it stops, also rows that find room only as messages are acknowledged', () => {
  const world = setUp({
    ...{ maxMessageBytes: 256, maxOutboxBytes: 4096, flushIntervalMs: 300 },
    ...{ minRetryMs: 100, maxRetryMs: 1500, ackTimeoutMs: 4000 },
  });
  // A disk that takes its time to make things durable.
  world.storage.holdSyncs(true);
  const run = (ms: number): void => {
    for (let at = 0; at < ms; at += 50) {
      world.run(50, 10);
      world.storage.completeSyncs();
    }
  };
  world.gateway.loseAcks(() => true);
  const recorded = 400;
  for (let n = 0; n < recorded; n++) {
    world.device.points.count({ n: (n * 7919) % 1_000_000 });
    if (n % 2 === 1) run(50);
  }
  world.gateway.loseAcks(null);
  const begunMs = world.clock.uptimeMs();
  let tookMs = -1;
  world.device.stop(60_000, () => {
    tookMs = world.clock.uptimeMs() - begunMs;
  });
  run(20_000);
  expect(world.device.status()).toMatchObject({ queued: 0, messages: { waiting: 0 } });
  expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(recorded);
  expect(tookMs).toBeGreaterThan(0);
});
