import { Code } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice, type Device, type DeviceOptions } from './index.ts';

/**
 * accepted = stored + gaps, exactly, whatever happens: random schedules of records, crashes, lost acknowledgements, lost links,
 * refusals, a full outbox. Each `count` event carries its own number, so that a record stored twice or invented is seen.
 */
type Step =
  | { do: 'count'; times: number }
  | { do: 'invalid' }
  | { do: 'samples'; times: number }
  | { do: 'critical' }
  | { do: 'flood'; times: number }
  | { do: 'wait'; ms: number }
  | { do: 'kill' }
  | { do: 'power'; torn: boolean }
  | { do: 'offline' }
  | { do: 'online' }
  | { do: 'disconnect' }
  | { do: 'loseAcks'; share: number }
  | { do: 'nack'; code: number; times: number }
  | { do: 'choose'; isGranted: boolean }
  | { do: 'say'; times: number }
  | { do: 'holdSyncs'; isHeld: boolean }
  | { do: 'breakStorage'; isBroken: boolean };

/** More of them: USEWIRE_RUNS=5000 npx vitest run --project unit identity */
const runs = Number(process.env['USEWIRE_RUNS'] ?? 100);

vi.setConfig({ testTimeout: 120_000 });

const codes = [Code.schema, Code.overloaded, Code.unknownModel, Code.tooLarge, Code.notAuthorised];
const quiet: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constant('count' as const), times: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('count' as const), times: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('flood' as const), times: fc.integer({ min: 10, max: 80 }) }),
  fc.constant({ do: 'invalid' as const }),
  fc.record({ do: fc.constant('samples' as const), times: fc.integer({ min: 1, max: 80 }) }),
  fc.constant({ do: 'critical' as const }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3000 }) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30_000 }) }),
  fc.constant({ do: 'offline' as const }),
  fc.constant({ do: 'online' as const }),
  fc.constant({ do: 'disconnect' as const }),
  fc.record({ do: fc.constant('loseAcks' as const), share: fc.constantFrom(0, 0.3, 1) }),
  fc.record({ do: fc.constant('holdSyncs' as const), isHeld: fc.boolean() }),
  fc.record({ do: fc.constant('breakStorage' as const), isBroken: fc.boolean() }),
];
const person: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constant('choose' as const), isGranted: fc.boolean() }),
  fc.record({ do: fc.constant('say' as const), times: fc.integer({ min: 1, max: 20 }) }),
];
const kill: fc.Arbitrary<Step> = fc.constant({ do: 'kill' as const });
const power: fc.Arbitrary<Step> = fc.record({ do: fc.constant('power' as const), torn: fc.boolean() });
const nack: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('nack' as const),
  code: fc.constantFrom(...codes),
  times: fc.integer({ min: 1, max: 3 }),
});

class World {
  readonly clock = manualClock();
  readonly storage = memoryStorage();
  readonly gateway = memoryTransport(bed);
  readonly random: ReturnType<typeof seededRandom>;
  readonly options: DeviceOptions;
  accepted = 0;
  withdrawn = 0;
  isBroken = false;
  /** Records that were on their way to the disk at a power failure: may be lost without a number to show it. */
  atRisk = 0;
  next = 0;
  device: Device<typeof bed>;

  constructor(seed: number, options: DeviceOptions) {
    this.random = seededRandom(seed);
    this.options = options;
    this.device = this.boot();
  }

  boot(): Device<typeof bed> {
    const { clock, storage, gateway, random, options } = this;
    return createDevice({ model: bed, ports: { clock, storage, transport: gateway, random }, options });
  }

  restart(): void {
    const status = this.device.status();
    this.accepted += status.accepted;
    this.withdrawn += status.withdrawn;
    this.gateway.close();
    this.clock.restart();
    this.gateway.nackNext(Code.schema, 0);
    this.device = this.boot();
  }

  wait(ms: number): void {
    const end = this.clock.uptimeMs() + ms;
    while (this.clock.uptimeMs() < end) {
      const due = this.device.tick();
      this.clock.advance(Math.max(1, Math.min(due, end - this.clock.uptimeMs(), 500)));
    }
    this.device.tick();
  }

  step(step: Step): void {
    const { device, gateway, storage } = this;
    const { points } = device;
    if (step.do === 'count') for (let i = 0; i < step.times; i++) points.count({ n: this.next++ });
    else if (step.do === 'invalid') points.count({ n: -1 });
    else if (step.do === 'critical') points.overheat({ celsius: 81.5 });
    else if (step.do === 'flood') {
      for (let i = 0; i < step.times; i++) {
        for (let j = 0; j < 5; j++) points.count({ n: this.next++ });
        this.wait(2100);
      }
    } else if (step.do === 'samples') {
      for (let i = 0; i < step.times; i++) {
        points.sound.add((i * 7) % 256);
        this.clock.advance(100);
      }
    } else if (step.do === 'wait') this.wait(step.ms);
    else if (step.do === 'offline') gateway.setOnline(false);
    else if (step.do === 'online') gateway.setOnline(true);
    else if (step.do === 'disconnect') gateway.disconnect();
    else if (step.do === 'loseAcks')
      gateway.loseAcks(step.share === 0 ? null : () => this.random.next() < step.share);
    else if (step.do === 'choose')
      device.consent.set({ health: step.isGranted }, { notice: '1', subject: 'left' });
    else if (step.do === 'say') {
      for (let i = 0; i < step.times; i++) points.said.left({ text: `said ${i}` });
      points.naps.left.add(1);
      points.alarm.left({ text: 'now' });
    } else if (step.do === 'nack') gateway.nackNext(step.code as 1, step.times, 500);
    else if (step.do === 'holdSyncs') {
      storage.holdSyncs(step.isHeld);
      storage.completeSyncs();
    } else if (step.do === 'breakStorage') this.breakStorage(step.isBroken);
    else this.crash(step);
  }

  breakStorage(isBroken: boolean): void {
    this.isBroken = isBroken;
    this.storage.setBroken(isBroken);
  }

  /** What is only in memory because the disk takes nothing is lost by a crash without a count: here the disk comes back before. */
  repair(): void {
    if (!this.isBroken) return;
    this.isBroken = false;
    this.storage.setBroken(false);
    this.wait(3000);
  }

  crash(step: { do: 'kill' | 'power'; torn?: boolean }): void {
    this.repair();
    if (step.do === 'kill') this.storage.crash();
    else {
      this.atRisk += this.device.status().atRisk;
      const random = step.torn ? this.random.next : undefined;
      this.storage.crash({ dropUnsynced: true, random });
    }
    this.restart();
  }

  drain(): void {
    this.gateway.setOnline(true);
    this.gateway.loseAcks(null);
    this.gateway.nackNext(Code.schema, 0);
    this.storage.holdSyncs(false);
    this.storage.completeSyncs();
    this.repair();
    this.device.flush();
    for (let i = 0; i < 40 && (i < 3 || this.device.status().messages.waiting > 0); i++) this.wait(20_000);
    this.device.flush();
    this.wait(20_000);
  }

  total(): number {
    return this.accepted + this.device.status().accepted;
  }

  takenBack(): number {
    return this.withdrawn + this.device.status().withdrawn;
  }

  told(): number {
    return this.gateway.recordCount() + this.gateway.gapCount();
  }

  numbers(): number[] {
    const records = this.gateway.stored.flatMap((message) => message.records);
    return records
      .filter((record) => record.point === 'count')
      .map((record) => record.attributes['n'] as number);
  }
}

const small: DeviceOptions = {
  maxMessageBytes: 512,
  maxOutboxBytes: 16 * 512,
  maxMemoryBytes: 65_536,
  flushIntervalMs: 2000,
  bulkFlushIntervalMs: 5000,
  statusIntervalMs: 60_000,
  ackTimeoutMs: 8000,
  maxRetryMs: 4000,
  maxInFlight: 4,
};
const large: DeviceOptions = { ...small, maxOutboxBytes: 1 << 20 };
const options = fc.constantFrom(small, large, { ...large, encoding: 'plain' as const });

function story(steps: Step[], seed: number, chosen: DeviceOptions): World {
  const world = new World(seed, chosen);
  for (const step of steps) {
    world.step(step);
    world.device.tick();
  }
  world.drain();
  return world;
}

it('accepted = stored + gaps after any schedule of crashes, lost links, lost answers and a full outbox', () => {
  const steps = fc.array(fc.oneof(...quiet, kill), { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer(), options, (all, seed, chosen) => {
      const world = story(all, seed, chosen);
      expect(world.gateway.refused).toEqual([]);
      expect(world.told()).toBe(world.total());
      expect(new Set(world.numbers()).size).toBe(world.numbers().length);
      expect(world.device.status().queued).toBe(0);
    }),
    { numRuns: runs },
  );
});

it('the same with refusals: what a gateway refuses for good is told as lost', () => {
  const steps = fc.array(fc.oneof(...quiet, kill, nack, nack), { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer(), options, (all, seed, chosen) => {
      const world = story(all, seed, chosen);
      expect(world.told()).toBe(world.total());
      expect(new Set(world.numbers()).size).toBe(world.numbers().length);
    }),
    { numRuns: runs },
  );
});

it('a power failure loses no more than what was not durable, and nothing is stored twice or told in excess', () => {
  const steps = fc.array(fc.oneof(...quiet, kill, power, power), { minLength: 5, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer(), options, (all, seed, chosen) => {
      const world = story(all, seed, chosen);
      expect(world.told()).toBeLessThanOrEqual(world.total());
      expect(world.told()).toBeGreaterThanOrEqual(world.total() - world.atRisk);
      expect(new Set(world.numbers()).size).toBe(world.numbers().length);
    }),
    { numRuns: runs },
  );
});

it('with people: accepted = stored + gaps + what they took back, which nothing tells', () => {
  const steps = fc.array(fc.oneof(...quiet, kill, ...person, ...person, ...person), {
    minLength: 5,
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, fc.integer(), options, (all, seed, chosen) => {
      const world = story(all, seed, chosen);
      expect(world.gateway.refused).toEqual([]);
      // What was on its way may have come before the gateway heard of the withdrawal; its answer did not.
      expect(world.told() + world.takenBack()).toBeGreaterThanOrEqual(world.total());
      expect(world.told()).toBeLessThanOrEqual(world.total());
      expect(new Set(world.numbers()).size).toBe(world.numbers().length);
      expect(world.device.status().queued).toBe(0);
    }),
    { numRuns: runs },
  );
});

it('schedules like these reach what they are about', () => {
  const seen = { evicted: 0, invalid: 0, crashes: 0, duplicates: 0 };
  const steps = fc.array(fc.oneof(...quiet, kill), { minLength: 30, maxLength: 60 });
  for (const [all, seed] of fc.sample(fc.tuple(steps, fc.integer()), { numRuns: 60, seed: 7 })) {
    const world = story(all, seed, small);
    seen.evicted += world.gateway.gapCount('evicted');
    seen.invalid += world.gateway.gapCount('invalid');
    seen.duplicates += world.gateway.duplicates();
    seen.crashes += all.filter((step) => step.do === 'kill').length;
  }
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(20);
  const withPeople = fc.array(fc.oneof(...quiet, kill, ...person), { minLength: 30, maxLength: 60 });
  let takenBack = 0;
  for (const [all, seed] of fc.sample(fc.tuple(withPeople, fc.integer()), { numRuns: 60, seed: 7 }))
    takenBack += story(all, seed, small).takenBack();
  expect(takenBack).toBeGreaterThan(20);
});
