import {
  counter,
  createDevice,
  distribution,
  event,
  gauge,
  oneOf,
  product,
  series,
  session,
  state,
} from '@usewire/device-sdk';
import { manualClock, memoryStorage, memoryTransport, seededRandom } from '@usewire/device-sdk/testing';
import { expect, it } from 'vitest';

const bed = product('story.bed', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation', special: true },
  },
  subjects: ['left', 'right'],
  points: {
    preset: event({
      id: 1,
      for: 'service',
      perSubject: true,
      attributes: { to: oneOf('flat', 'zero_g', 'tv') },
    }),
    lifts: counter({ id: 2, for: 'service' }),
    motor: gauge({ id: 3, for: 'service', unit: 'Cel', range: [-20, 120], scale: 0.1 }),
    lamp: state({ id: 4, for: 'service', values: ['off', 'on'] }),
    massage: session({ id: 5, for: 'service', attributes: { program: oneOf('wave', 'pulse') } }),
    heart: series({
      id: 6,
      for: 'health',
      sensitivity: 'special',
      perSubject: true,
      range: [25, 220],
      periodMs: 1000,
      priority: 'bulk',
    }),
    noise: distribution({ id: 7, for: 'service', unit: 'dB' }),
    fault: event({
      id: 8,
      for: 'service',
      priority: 'critical',
      attributes: { what: oneOf('overheat', 'blocked') },
    }),
  },
});

const minute = 60_000;
const hour = 60 * minute;

it('a bed lives through a day: consent, a night offline, a restart, a clock that comes late', () => {
  const clock = manualClock();
  const storage = memoryStorage();
  const gateway = memoryTransport(bed);
  const random = seededRandom(11);
  const boot = () => createDevice({ model: bed, ports: { clock, storage, transport: gateway, random } });
  let device = boot();
  let accepted = 0;
  const pass = (ms: number, each?: () => void): void => {
    const end = clock.uptimeMs() + ms;
    while (clock.uptimeMs() < end) {
      each?.();
      device.tick();
      clock.advance(1000);
    }
  };
  const restart = (): void => {
    accepted += device.status().accepted;
    gateway.close();
    storage.crash();
    clock.restart();
    device = boot();
  };

  // Afternoon, no clock yet: unpacked, tried out. Nobody has decided on anything, so heart rates wait in memory and nowhere else.
  pass(5 * minute, () => device.points.heart.left.add(70));
  const tries = 300;
  device.points.preset.left({ to: 'tv' });
  device.points.lifts.add(3);
  device.points.lamp.set('on');
  const massage = device.points.massage.start({ program: 'wave' });
  pass(10 * minute, () => device.points.noise.observe(40 + Math.round(random.next() * 20)));
  massage.end();
  expect(gateway.recordCount()).toBeGreaterThan(10);
  expect(JSON.stringify(gateway.stored)).not.toContain('"heart"');

  // Evening: the person on the left agrees; the gateway tells the time; the motor overheats once.
  device.consent.set({ health: true }, { notice: '2026-09', subject: 'left' });
  gateway.push({ kind: 6, clock: { unixMs: Date.UTC(2026, 8, 1, 22), quality: 4 } });
  device.points.fault({ what: 'overheat' });
  device.tick();
  expect(gateway.stored.at(-1)!.records[0]!.point).toBe('fault');

  // Night: the router is off for seven hours. Every second one heart beat rate on the left; the right side gave no consent.
  gateway.setOnline(false);
  let beats = 0;
  pass(7 * hour, () => {
    device.points.heart.left.add(55 + (beats % 9));
    device.points.heart.right.add(60);
    beats += 1;
  });
  expect(device.status().queued).toBe(tries + beats);

  // Morning: the program is restarted for an update. Then the network is back.
  restart();
  gateway.setOnline(true);
  pass(30 * minute);

  const records = gateway.stored.flatMap((message) => message.records);
  const hearts = records.filter((record) => record.point === 'heart');
  // What waited in the afternoon counts since the evening, with its own time.
  expect(hearts).toHaveLength(tries + beats);
  expect(hearts.filter((heart) => heart.uptimeMs < 5 * minute)).toHaveLength(tries);
  expect(
    gateway.stored
      .filter((each) => each.records.some((r) => r.point === 'heart'))
      .every((each) => each.subject === 1 && each.epoch === 1),
  ).toBe(true);
  const night = gateway.stored
    .filter((each) => each.records[0]!.point === 'heart' && each.uptimeMs > 5 * minute)
    .sort((a, b) => a.uptimeMs - b.uptimeMs);
  const seconds = night.flatMap((each) => each.records.map((record) => record.uptimeMs));
  expect(seconds.every((at, i) => i === 0 || at - seconds[i - 1]! === 1000)).toBe(true);
  // A message says its own time, though the boot it belongs to is over.
  const first = gateway.stored.find((each) => each.records[0]!.point === 'heart' && each.clock)!;
  expect(first.clock!.unixMs).toBe(Date.UTC(2026, 8, 1, 22) + first.uptimeMs - 15 * minute);
  expect(records.find((record) => record.point === 'massage')).toMatchObject({ value: 600 });
  accepted += device.status().accepted;
  expect(gateway.recordCount() + gateway.gapCount()).toBe(accepted);
  expect(gateway.gapCount()).toBe(0);
  expect(device.status()).toMatchObject({ queued: 0, atRisk: 0 });
});
