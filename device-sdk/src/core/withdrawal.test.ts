import { Code, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { setUp } from './set-up.fixture.ts';

const left = { notice: '2026-09', subject: 'left' };
const right = { notice: '2026-09', subject: 'right' };

function pulse(world: ReturnType<typeof setUp>, side: 'left' | 'right', values: number[]): void {
  for (const value of values) {
    world.device.points.heart_rate[side].add(value);
    world.run(1000, 1000);
  }
}
const values = (world: ReturnType<typeof setUp>) => world.records('heart_rate').map((each) => each.value);
const segments = (world: ReturnType<typeof setUp>, purpose: string) =>
  world.storage.list().filter((name) => /^[jknb]-/.test(name) && name.split('.').slice(-3)[0] === purpose);

describe('a message', () => {
  it('holds records of one purpose where that rests on consent; what needs none shares', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, left);
    world.device.points.heart_rate.left.add(60);
    world.device.points.sound.add(3);
    world.device.points.position_changed.left({ preset: 'tv', angle: 3 });
    world.device.points.count({ n: 1 });
    world.device.points.motor_temp.set(30);
    world.run(70_000);
    const points = world.gateway.stored.map((each) => each.records.map((record) => record.point).join(' '));
    expect(points.sort()).toEqual(['count motor_temp', 'heart_rate', 'position_changed', 'sound']);
  });

  it('that a person can take back never tells what was lost', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, left);
    world.device.points.count({ n: -1 });
    world.device.points.heart_rate.left.add(60);
    world.run(70_000);
    const told = world.gateway.stored.filter((each) => each.gaps.length > 0);
    expect(told).toMatchObject([{ subject: 0, records: [] }]);
  });
});

describe('a withdrawal', () => {
  it('takes messages that wait, and leaves those of others', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.consent.set({ health: true }, left);
    world.device.consent.set({ health: true }, right);
    for (let i = 0; i < 10; i++) {
      world.device.points.heart_rate.left.add(60 + i);
      world.device.points.heart_rate.right.add(160 + i);
      world.device.points.count({ n: i });
      world.run(1000, 1000);
    }
    world.run(70_000);
    world.device.consent.set({ health: false }, left);
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(values(world)).toEqual([160, 161, 162, 163, 164, 165, 166, 167, 168, 169]);
    expect(world.records('count')).toHaveLength(10);
    expect(world.gateway.gapCount()).toBe(0);
    expect(world.device.status()).toMatchObject({ accepted: 30, withdrawn: 10, queued: 0 });
  });

  it('takes messages that were sent and not answered, and ends the link they are on', () => {
    const world = setUp({ ackTimeoutMs: 600_000 });
    world.device.consent.set({ health: true }, left);
    world.run(1000);
    world.gateway.loseAcks(() => true);
    pulse(world, 'left', [60, 61]);
    world.run(70_000);
    expect(values(world)).toEqual([60, 61]);
    world.gateway.loseAcks(null);
    world.device.consent.set({ health: false }, left);
    expect(world.gateway.isOpen()).toBe(false);
    world.run(100_000);
    expect(world.gateway.duplicates()).toBe(0);
    expect(world.device.status().queued).toBe(0);
  });

  it('overwrites its files before they are removed, with a sync between', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.consent.set({ health: true }, left);
    pulse(world, 'left', [60, 61, 62]);
    const name = world.storage.list().find((each) => each.startsWith('j-'))!;
    world.storage.holdSyncs(true);
    world.device.consent.set({ health: false }, left);
    const zeros = () => world.storage.read(name, 0, 1000)?.every((byte) => byte === 0);
    const step = () => {
      world.device.tick();
      world.storage.completeSyncs();
      world.device.tick();
    };
    expect(zeros()).toBe(false);
    while (zeros() === false) step();
    expect(zeros()).toBe(true);
    while (zeros() !== undefined) step();
    expect(segments(world, '6')).toEqual([]);
  });

  it('does not give back what was recorded before it when the purpose is granted again', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.consent.set({ health: true }, left);
    pulse(world, 'left', [60]);
    world.device.consent.set({ health: false }, left);
    world.device.consent.set({ health: true }, left);
    pulse(world, 'left', [70]);
    world.storage.crash({ dropUnsynced: true });
    world.restart();
    world.gateway.setOnline(true);
    world.run(100_000);
    expect(values(world)).not.toContain(60);
  });

  it('goes on at the next start where the power ended it, before anything is sent', () => {
    const world = setUp();
    world.gateway.setOnline(false);
    world.device.consent.set({ health: true }, left);
    pulse(world, 'left', [60, 61]);
    world.run(70_000);
    world.storage.holdSyncs(true);
    world.device.consent.set({ health: false }, left);
    world.storage.crash({ dropUnsynced: true });
    expect(segments(world, '6').length).toBeGreaterThan(0);
    world.restart();
    world.gateway.setOnline(true);
    world.run(70_000);
    expect(segments(world, '6')).toEqual([]);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
  });

  it('takes sums and open sessions that are no record yet', () => {
    const world = setUp();
    const { points, consent } = world.device;
    consent.set({ health: true }, left);
    consent.set({ health: true }, right);
    points.naps.left.add(5);
    points.naps.right.add(7);
    points.snoring.left.observe(40);
    const nap = points.nap.left.start({ where: 'here' });
    consent.set({ health: false }, left);
    consent.set({ health: true }, left);
    nap.end();
    points.naps.left.add(1);
    world.run(70_000);
    // Of the left side only what came after it was granted again.
    expect(world.records('naps').map((each) => each.value)).toEqual([7, 1]);
    expect(world.records('snoring')).toEqual([]);
    expect(world.records('nap')).toEqual([]);
    expect(world.gateway.gapCount()).toBe(0);
  });

  it('leaves a session open that began before anyone decided, and takes it with a no', () => {
    const world = setUp();
    const { points, consent } = world.device;
    const naps = [points.nap.left.start({ where: 'a' }), points.nap.right.start({ where: 'b' })];
    points.naps.left.add(2);
    points.naps.right.add(3);
    world.run(12_000);
    consent.set({ health: true }, left);
    consent.set({ health: false }, right);
    for (const nap of naps) nap.end();
    world.run(70_000);
    expect(world.records('nap').map((each) => [each.uptimeMs, each.attributes.where])).toEqual([[0, 'a']]);
    expect(world.records('naps').map((each) => each.value)).toEqual([2]);
    expect(world.gateway.gapCount()).toBe(0);
  });
});

describe('a purpose that nobody decided on', () => {
  it('waits in memory, and counts with its own time once it is granted', () => {
    const world = setUp();
    pulse(world, 'left', [60, 61]);
    expect(world.device.status().accepted).toBe(0);
    expect(world.storage.list().filter((name) => /^[jb]-/.test(name))).toEqual([]);
    world.device.consent.set({ health: true }, left);
    world.run(70_000);
    expect(world.records('heart_rate').map((each) => [each.uptimeMs, each.value])).toEqual([
      [0, 60],
      [1000, 61],
    ]);
    expect(world.gateway.stored[0]).toMatchObject({ epoch: 1, subject: 1 });
    expect(world.device.status().accepted).toBe(2);
  });

  it('is gone without a trace when it is refused', () => {
    const world = setUp();
    pulse(world, 'left', [60, 61]);
    world.device.consent.set({ health: false }, left);
    world.device.consent.set({ health: true }, left);
    world.run(70_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(world.device.status()).toMatchObject({ accepted: 0, withdrawn: 0 });
  });

  it('takes a bounded part of memory; what has no room is gone without a trace', () => {
    const world = setUp({ maxMemoryBytes: 65_536 });
    for (let i = 0; i < 5000; i++) world.device.points.heart_rate.left.add(60 + (i % 9));
    world.device.consent.set({ health: true }, left);
    world.run(70_000);
    const { accepted } = world.device.status();
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(2000);
    expect(world.gateway.recordCount()).toBe(accepted);
    expect(world.gateway.gapCount()).toBe(0);
  });

  it('is not mixed with what others decide', () => {
    const world = setUp();
    pulse(world, 'left', [60]);
    pulse(world, 'right', [160]);
    world.device.consent.set({ health: true }, right);
    world.device.consent.set({ health: false }, left);
    world.run(70_000);
    expect(values(world)).toEqual([160]);
  });
});

describe('choices of the service', () => {
  const consent = (epoch: number, subject: number, choices: Record<number, 0 | 1 | 2>, more = {}) =>
    ({ kind: Kind.consent, epoch, subject, choices, ...more }) as const;
  const acks = (world: ReturnType<typeof setUp>) =>
    world.gateway.sent.map((each) => each.message).filter((each) => each.kind === Kind.consentAck);

  it('are acted on, kept and answered', () => {
    const world = setUp();
    world.run(200);
    world.gateway.push(consent(7, 1, { 6: 1 }));
    expect(acks(world)).toMatchObject([{ epoch: 7, subject: 1 }]);
    expect(world.device.consent.isGranted('health', 'left')).toBe(true);
    pulse(world, 'left', [60]);
    world.restart();
    expect(world.device.consent.epoch()).toBe(7);
    world.run(200);
    world.gateway.push(consent(8, 1, { 6: 2 }));
    world.device.points.heart_rate.left.add(61);
    world.run(70_000);
    expect(values(world)).toEqual([60]);
    expect(acks(world)).toHaveLength(2);
    expect(world.gateway.choices).toEqual([]);
  });

  it('take back what waits, as a choice made here does', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, left);
    world.run(200);
    pulse(world, 'left', [60, 61]);
    world.gateway.push(consent(2, 1, {}));
    world.run(70_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(world.device.status()).toMatchObject({ accepted: 2, withdrawn: 2 });
  });

  it('that are not newer than those made here change nothing; the answer says the newer epoch', () => {
    const world = setUp();
    world.device.consent.set({ health: false }, left);
    world.device.consent.set({ health: false }, right);
    world.run(200);
    world.gateway.push(consent(2, 1, { 6: 1 }));
    expect(world.device.consent.isGranted('health', 'left')).toBe(false);
    expect(acks(world)).toMatchObject([{ epoch: 2, subject: 1 }]);
  });

  it('end when their time is over', () => {
    const world = setUp();
    world.clock.setWall({ unixMs: 1_000_000, quality: 3 });
    world.run(200);
    world.gateway.push(consent(1, 1, { 6: 1 }, { validUntilMs: 1_030_000 }));
    pulse(world, 'left', [60]);
    world.run(40_000);
    expect(world.device.consent.isGranted('health', 'left')).toBe(false);
    world.run(70_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
  });
});

describe('a refusal by the gateway', () => {
  it.each([
    ['consent-missing', Code.consentMissing],
    ['subject-erased', Code.subjectErased],
  ])('%s: the message goes without a gap', (_name, code) => {
    const world = setUp();
    world.device.consent.set({ health: true }, left);
    world.run(200);
    world.gateway.nackNext(code, 1);
    pulse(world, 'left', [60, 61]);
    world.run(100_000);
    expect(world.gateway.recordCount() + world.gateway.gapCount()).toBe(0);
    expect(world.device.status()).toMatchObject({ queued: 0, withdrawn: 2 });
  });

  it('consent-stale: hello and the choices again, then the same message', () => {
    const world = setUp();
    world.device.consent.set({ health: true }, left);
    world.device.consent.set({ health: true }, right);
    world.run(200);
    world.gateway.nackNext(Code.consentStale, 1, 500);
    pulse(world, 'left', [60]);
    world.run(100_000);
    expect(values(world)).toEqual([60]);
    expect(world.gateway.choices.map((each) => [each.epoch, each.subject])).toEqual([
      [0, 1],
      [1, 2],
      [0, 1],
      [1, 2],
    ]);
    const kinds = world.gateway.sent.map((each) => each.message.kind);
    expect(kinds.filter((kind) => kind === Kind.hello)).toHaveLength(2);
    expect(kinds.lastIndexOf(Kind.choice)).toBeLessThan(kinds.lastIndexOf(Kind.data));
  });
});
