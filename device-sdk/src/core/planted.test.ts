import { describe, expect, it } from 'vitest';
import { findTexts, holdsText, imageOf, memoryStorage, memoryTransport } from '../testing/index.ts';
import { bed } from './bed.fixture.ts';
import { createDevice } from './index.ts';
import { powerSwitch } from './power-switch.fixture.ts';
import { setUp } from './set-up.fixture.ts';

/**
 * The planted-value search on disk and wire: unique texts are recorded in every state of a purpose, and looked for at every moment in every byte. The
 * person on the right side grants everything, so that each search also has to find. The heap is searched in tests/e2e/planted-heap.test.ts.
 */
type State = 'undecided' | 'granted' | 'refused' | 'withdrawn' | 'ended' | 'forgotten';
type Purpose = 'health' | 'improve';
const states: State[] = ['undecided', 'granted', 'refused', 'withdrawn', 'ended', 'forgotten'];
const purposes: Purpose[] = ['health', 'improve'];
const notice = { notice: '2026-09' };
const codes = { health: 6, improve: 2 } as const;

type World = ReturnType<typeof setUp>;

function begin(): World {
  const world = setUp({ minRetryMs: 10, maxRetryMs: 50 });
  world.clock.setWall({ unixMs: 1_000_000, quality: 3 });
  world.gateway.setOnline(false);
  return world;
}

/** Records one text in every way that the purpose has, at this moment. */
function plant(world: World, purpose: Purpose, side: 'left' | 'right', moment: string): void {
  const { points } = world.device;
  const text = (way: string) => `pv-${side}-${moment}-${way}-`;
  if (purpose === 'improve') points.tried[side]({ text: text('tried') });
  else {
    points.said[side]({ text: text('said') });
    points.alarm[side]({ text: text('alarm') });
    points.nap[side].start({ where: text('nap') }).end();
  }
}

function choose(world: World, purpose: Purpose, state: State): void {
  const { left } = world.device.consent;
  const choices = (isGranted: boolean) => ({ [purpose]: isGranted });
  if (state !== 'undecided') left.set(choices(state !== 'refused'), notice);
  if (state === 'withdrawn') left.set(choices(false), notice);
  if (state === 'forgotten') left.forget();
  if (state === 'ended') endIn(world, purpose, 0);
}

/** The service ends the grant in so many ms. */
function endIn(world: World, purpose: Purpose, ms: number): void {
  world.gateway.setOnline(true);
  world.run(500);
  const validUntilMs = 1_000_000 + world.clock.uptimeMs() + ms;
  const epoch = world.device.consent.epoch() + 1;
  world.gateway.push({ kind: 7, epoch, subject: 1, choices: { [codes[purpose]]: 1 }, validUntilMs });
  world.gateway.setOnline(false);
  world.run(500);
}

const onDisk = (world: World, text: string) => findTexts(imageOf(world.storage), [text]).length > 0;
const onWire = (world: World, text: string) => world.gateway.sent.some(({ bytes }) => holdsText(bytes, text));

describe.each(purposes)('planted for %s', (purpose) => {
  it.each(states)('%s: on the disk and on the wire exactly where it may be, at every moment', (state) => {
    const world = begin();
    const may = state === 'granted';
    world.device.consent.right.set({ health: true, improve: true }, notice);
    const look = (moment: string, where: (world: World, text: string) => boolean, isThere: boolean): void => {
      expect([moment, where(world, `pv-left-${moment}-`)]).toEqual([moment, isThere]);
      expect([moment, where(world, `pv-right-${moment}-`)]).toEqual([moment, true]);
    };
    const plantBoth = (moment: string): void => {
      for (const side of ['left', 'right'] as const) plant(world, purpose, side, moment);
      world.device.tick();
    };
    plantBoth('before');
    look('before', onDisk, false);
    choose(world, purpose, state);
    plantBoth('buffered');
    world.run(500);
    look('buffered', onDisk, may);
    plantBoth('flushed');
    world.device.flush();
    world.run(500);
    look('flushed', onDisk, may);
    world.restart();
    world.clock.setWall({ unixMs: 2_000_000, quality: 3 });
    world.run(500);
    for (const moment of ['buffered', 'flushed']) look(moment, onDisk, may);
    plantBoth('restarted');
    world.run(500);
    look('restarted', onDisk, may);
    world.gateway.setOnline(true);
    world.run(100_000);
    for (const moment of ['buffered', 'flushed', 'restarted']) look(moment, onWire, may);
    // Where the service granted for a moment, what had waited was allowed in it.
    if (state !== 'ended') look('before', onWire, may);
  });

  it.each(['withdrawn', 'forgotten', 'ended'] as const)(
    '%s after it was granted: gone within a second, and never sent',
    (state) => {
      const world = begin();
      world.device.consent.right.set({ health: true, improve: true }, notice);
      if (state === 'ended') endIn(world, purpose, 3000);
      else world.device.consent.left.set({ [purpose]: true }, notice);
      for (const moment of ['flushed', 'buffered']) {
        for (const side of ['left', 'right'] as const) plant(world, purpose, side, moment);
        if (moment === 'flushed') world.device.flush();
        world.run(500);
      }
      expect(onDisk(world, 'pv-left-flushed-') && onDisk(world, 'pv-left-buffered-')).toBe(true);
      const before = world.gateway.sent.length;
      if (state === 'withdrawn') world.device.consent.left.set({ [purpose]: false }, notice);
      else if (state === 'forgotten') world.device.consent.left.forget();
      // Its end passes.
      else world.run(2500);
      world.run(1000, 50);
      for (const moment of ['flushed', 'buffered']) {
        expect(onDisk(world, `pv-left-${moment}-`)).toBe(false);
        expect(onDisk(world, `pv-right-${moment}-`)).toBe(true);
      }
      world.restart();
      world.gateway.setOnline(true);
      world.run(100_000);
      const later = world.gateway.sent.slice(before).map(({ bytes }) => bytes);
      expect(later.some((bytes) => holdsText(bytes, 'pv-left-'))).toBe(false);
      expect(later.some((bytes) => holdsText(bytes, 'pv-right-'))).toBe(true);
    },
  );

  it('withdrawn, and the power goes at any call of the storage: the next start leaves none, and sends none', () => {
    for (let calls = 0; calls < 40; calls++) {
      for (const isTorn of [false, true]) {
        const world = begin();
        world.device.consent.left.set({ [purpose]: true }, notice);
        plant(world, purpose, 'left', 'flushed');
        world.device.flush();
        plant(world, purpose, 'left', 'buffered');
        world.run(500);
        // From here on the same disk, with a switch.
        const power = powerSwitch(world.storage, world.gateway, world.random.next);
        const ports = { ...power.ports, clock: world.clock, random: world.random };
        const device = createDevice({ model: bed, ports });
        device.tick();
        world.storage.holdSyncs(isTorn);
        power.cutAfter(calls);
        const isWithdrawn = device.consent.left.set({ [purpose]: false }, notice).ok && !power.isOff();
        for (let i = 0; i < 6; i++) {
          device.tick();
          if (!power.isOff()) world.storage.completeSyncs();
        }
        world.storage.crash({ dropUnsynced: true, random: isTorn ? world.random.next : undefined });
        world.restart();
        const isGranted = world.device.consent.left.isGranted(purpose);
        if (isWithdrawn) expect(isGranted).toBe(false);
        world.run(1000, 50);
        if (!isGranted)
          expect([calls, isTorn, findTexts(imageOf(world.storage), ['pv-left-'])]).toEqual([
            calls,
            isTorn,
            [],
          ]);
        world.gateway.setOnline(true);
        world.run(20_000);
        if (!isGranted) expect(onWire(world, 'pv-left-')).toBe(false);
      }
    }
  });
});

describe('the search', () => {
  it('finds a text at any bit, and in what was written and not yet removed', () => {
    const text = 'pv-anywhere-';
    for (let shift = 0; shift < 8; shift++) {
      const bits = [...text].map((each) => each.charCodeAt(0).toString(2).padStart(8, '0')).join('');
      const padded = `${'1'.repeat(shift)}${bits}`.padEnd(Math.ceil((shift + bits.length) / 8) * 8, '0');
      const bytes = Uint8Array.from(padded.match(/.{8}/g)!, (each) => Number.parseInt(each, 2));
      expect(holdsText(bytes, text)).toBe(true);
      expect(holdsText(bytes, 'pv-elsewhere-')).toBe(false);
    }
    const storage = memoryStorage();
    storage.append('j-1.1.0.6.1', new TextEncoder().encode(text));
    expect(findTexts(imageOf(storage), [text])).toEqual([`${text} in j-1.1.0.6.1`]);
    storage.wipe('j-1.1.0.6.1');
    expect(findTexts(imageOf(storage), [text])).toEqual([]);
    expect(memoryTransport(bed).sent).toEqual([]);
  });
});
