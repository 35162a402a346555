import { expect, it, vi } from 'vitest';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice, type DeviceOptions } from './index.ts';

/**
 * D1, the device's half: power is cut 10,000 times at random moments. What was not synced is gone, or torn at any byte; removed files may
 * come back. Afterwards nothing is corrupt, what was durable is there exactly once, and a lost acknowledgement doubles nothing.
 * USEWIRE_SEED repeats a run.
 */
const cutsALife = 25;
const lives = 400;
const seed = Number(process.env['USEWIRE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const options: DeviceOptions = {
  maxMessageBytes: 512,
  maxOutboxBytes: 1 << 20,
  flushIntervalMs: 400,
  syncIntervalMs: 100,
  ackTimeoutMs: 2000,
  minRetryMs: 20,
  maxRetryMs: 200,
  statusIntervalMs: 0,
};

vi.setConfig({ testTimeout: 240_000 });

/** One device through many losses of power; `n` of each record says which it is. */
function live(random: ReturnType<typeof seededRandom>): {
  atLeast: number[];
  recorded: number;
  stored: number[];
  refused: string[];
} {
  const clock = manualClock();
  const storage = memoryStorage();
  const gateway = memoryTransport(bed);
  const ports = { clock, storage, transport: gateway, random };
  const boot = () => createDevice({ model: bed, ports, options });
  const atLeast: number[] = [];
  let device = boot();
  let n = 0;
  let waiting: number[] = [];
  const step = (): void => {
    for (let i = Math.floor(random.next() * 4); i > 0; i--) {
      waiting.push(n);
      device.points.count({ n: n++ });
    }
    clock.advance(1 + Math.floor(random.next() * 200));
    device.tick();
    if (random.next() < 0.3) storage.completeSyncs(random.next() < 0.9);
    // Durable: everything recorded so far.
    if (device.status().atRisk === 0) atLeast.push(...waiting.splice(0));
  };
  for (let cut = 0; cut < cutsALife; cut++) {
    storage.holdSyncs(random.next() < 0.7);
    gateway.setOnline(random.next() < 0.6);
    gateway.loseAcks(random.next() < 0.5 ? () => random.next() < 0.5 : null);
    for (let i = Math.floor(random.next() * 12); i > 0; i--) step();
    storage.crash({ dropUnsynced: true, random: random.next() < 0.8 ? random.next : undefined });
    gateway.close();
    clock.restart();
    waiting = [];
    device = boot();
  }
  storage.holdSyncs(false);
  gateway.setOnline(true);
  gateway.loseAcks(null);
  for (let i = 0; i < 400 && (i < 20 || device.status().queued > 0); i++) {
    device.tick();
    clock.advance(200);
  }
  const stored = gateway.stored.flatMap((each) =>
    each.records.map((record) => record.attributes['n'] as number),
  );
  return { atLeast, recorded: n, stored, refused: [...gateway.refused] };
}

it(`D1: ${lives * cutsALife} power cuts: 0 corrupt, 0 durable records lost, 0 doubled (seed ${seed})`, () => {
  const random = seededRandom(seed);
  let durable = 0;
  for (let i = 0; i < lives; i++) {
    const told = live(random);
    const stored = new Set(told.stored);
    expect(told.refused).toEqual([]);
    expect(stored.size).toBe(told.stored.length);
    expect(told.atLeast.filter((each) => !stored.has(each))).toEqual([]);
    expect(told.stored.every((each) => each < told.recorded)).toBe(true);
    durable += told.atLeast.length;
  }
  // The schedules reach what they are about.
  expect(durable).toBeGreaterThan(lives * 20);
});
