import { compileModel, materialise } from '@usewire/protocol/check';
import { modelTable } from '@usewire/protocol/model';
import { describe, expect, it } from 'vitest';
import { bed, setUp } from '../board/bed-board.fixture.ts';
import { fromOctets, norFlash, seededRandom } from '../testing/index.ts';
import { createFlashOutbox, thin } from './index.ts';

const periodOf = (id: number) => modelTable(bed).points.find((point) => point.id === id)!.periodMs ?? 0;

/** A bed whose messages outlive a loss of power. */
function bedWithFlash(segments = 8, segmentBytes = 8_192, options = {}) {
  const flash = norFlash({ segments, segmentBytes, random: seededRandom(1).next });
  const open = () =>
    createFlashOutbox({ port: flash.port, thin: (body, toMs) => thin(body, toMs, periodOf) });
  return { flash, open, world: setUp(options, open) };
}

type World = ReturnType<typeof setUp>;

/** A night of heart rate, a sample a second, one third of them the same as before. */
function sleep(world: World, hours: number, start = 60): void {
  const random = seededRandom(hours + start).next;
  let rate = start;
  for (let second = 0; second < hours * 3_600; second += 1) {
    rate += Math.floor(random() * 3) - 1;
    rate = Math.min(110, Math.max(40, rate));
    world.board.record('heart', rate, undefined, 'left');
    world.clock.advance(1_000);
    world.board.tick();
  }
}

const countOf = (world: World) => world.gateway.recordCount() + world.gateway.gapCount();

describe('a board with flash', () => {
  it('sends after a loss of power what waited before it, each once', () => {
    const { world } = bedWithFlash();
    world.gateway.setOnline(false);
    for (let n = 0; n < 300; n += 1) {
      world.board.record('count', { n });
      world.run(1_000, 500);
    }
    world.restart();
    world.gateway.setOnline(true);
    world.run(120_000);
    expect(world.records('count').map(({ attributes }) => attributes.n)).toEqual(
      Array.from({ length: 300 }, (_, n) => n),
    );
    expect(world.gateway.gapCount()).toBe(0);
  });

  it('comes to the backlog also when its own new messages have opened the next segment meanwhile', () => {
    const { world } = bedWithFlash(4, 4_096);
    world.gateway.setOnline(false);
    const record = (from: number) => {
      for (let n = from; n < from + 60; n += 1) {
        world.board.record('count', { n });
        world.board.flush();
        world.clock.advance(10);
      }
    };
    record(0);
    world.restart();
    record(60);
    world.gateway.setOnline(true);
    world.run(120_000);
    expect(world.records('count')).toHaveLength(120);
  });

  it('keeps in RAM no more than without', () => {
    const { world } = bedWithFlash();
    world.gateway.setOnline(false);
    for (let n = 0; n < 3_000; n += 1) {
      world.board.record('count', { n });
      world.run(500, 500);
    }
    const { fill, kept, drops } = world.board.status();
    expect(fill).toBeLessThanOrEqual(1);
    expect(kept).toBeGreaterThan(0.1);
    expect(drops.evicted).toBe(0);
  });

  it('tells what is new before the backlog', () => {
    const { world } = bedWithFlash();
    world.gateway.setOnline(false);
    for (let n = 0; n < 500; n += 1) {
      world.board.record('count', { n });
      world.run(1_000, 1_000);
    }
    world.restart();
    world.gateway.setOnline(true);
    world.board.record('overheat', { celsius: 90 });
    world.run(60_000);
    const points = world.gateway.stored.flatMap(({ records }) => records.map(({ point }) => point));
    expect(points.indexOf('overheat')).toBeLessThan(10);
    expect(world.records('count')).toHaveLength(500);
  });

  it('holds five nights of heart rate in 64 KiB: the last as they were, older ones by the minute, every sample accounted for', () => {
    const { world } = bedWithFlash(8, 8_192, {
      maxMessageBytes: 2_048,
      maxQueueBytes: 4_500,
      flushIntervalMs: 3_600_000,
    });
    world.board.consent({ health: true }, 'left');
    world.run(5_000);
    world.gateway.setOnline(false);
    for (let night = 0; night < 5; night += 1) sleep(world, 8, 55 + night);
    world.board.flush();
    const samples = 5 * 8 * 3_600;
    expect(world.board.status().drops.evicted).toBe(0);
    world.gateway.setOnline(true);
    world.run(600_000);
    expect(countOf(world)).toBe(samples);
    const rates = world.records('heart');
    const periods = new Set(rates.map(({ uptimeMs }, i) => uptimeMs - (rates[i - 1]?.uptimeMs ?? uptimeMs)));
    expect(periods).toContain(1_000);
    expect(periods).toContain(60_000);
    // Every night is there from its first to its last hour.
    const hours = new Set(rates.map(({ uptimeMs }) => Math.floor(uptimeMs / 3_600_000)));
    expect(hours.size).toBeGreaterThanOrEqual(40);
  });

  it('keeps every critical event when it is filled ten times over, and tells of the others how many are gone', () => {
    const { world } = bedWithFlash(4, 4_096);
    world.gateway.setOnline(false);
    let made = 0;
    let critical = 0;
    while (made < 25_000) {
      world.board.record('count', { n: made });
      made += 1;
      if (made % 1_000 === 0) {
        world.board.record('overheat', { celsius: critical });
        critical += 1;
        made += 1;
      }
      world.run(200, 200);
    }
    world.gateway.setOnline(true);
    world.run(600_000);
    expect(world.records('overheat')).toHaveLength(critical);
    expect(world.gateway.gapCount()).toBeGreaterThan(made / 2);
    expect(countOf(world)).toBe(made);
  });

  it('writes at most 1.2 times what it was given, and wears its segments alike', () => {
    const { flash, open } = bedWithFlash(8, 8_192);
    const outbox = open();
    const random = seededRandom(3).next;
    let given = 0;
    for (let n = 0; n < 20_000; n += 1) {
      const body = 'x'.repeat(350 + Math.floor(random() * 160));
      given += body.length;
      outbox.keep(2, 0, 0, 1, body, false);
      // Mostly online: what is new is settled soon.
      if (n % 100 < 90) for (let kept = outbox.next(); kept; kept = outbox.next()) outbox.settle(kept[0]);
    }
    expect(flash.written() / given).toBeLessThanOrEqual(1.2);
    expect(Math.max(...flash.erasures) / Math.min(...flash.erasures)).toBeLessThanOrEqual(1.2);
  });

  it('wipes what a person takes back, in the flash too', () => {
    const { world, flash } = bedWithFlash();
    world.board.consent({ health: true }, 'left');
    world.run(5_000);
    world.gateway.setOnline(false);
    const secret = [121, 122, 123, 124, 125, 126, 127, 128, 129, 130];
    for (const rate of secret) {
      world.board.record('heart', rate, undefined, 'left');
      world.clock.advance(1_000);
    }
    world.board.flush();
    // The first value and the differences, as a series is encoded.
    const bytes = Buffer.from([0x18, 121, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(Buffer.from(flash.image).includes(bytes)).toBe(true);
    world.board.consent({ health: false }, 'left');
    expect(Buffer.from(flash.image).includes(bytes)).toBe(false);
    world.restart();
    world.gateway.setOnline(true);
    world.run(60_000);
    expect(world.records('heart')).toEqual([]);
    expect(world.gateway.gapCount()).toBe(0);
  });
});

describe('a thinned message', () => {
  it('says means at the time of the first sample they stand for, and tells the others as lost', () => {
    const { world, open } = bedWithFlash();
    world.board.consent({ health: true }, 'left');
    world.run(5_000);
    world.gateway.setOnline(false);
    for (let n = 0; n < 120; n += 1) {
      world.board.record('heart', n < 60 ? 60 + (n % 2) * 4 : 90, undefined, 'left');
      world.clock.advance(1_000);
    }
    world.board.flush();
    const [, , , body] = open().next()!;
    const made = thin(body, 60_000, periodOf)!;
    expect(made.length).toBeLessThan(body.length / 2);
    const table = modelTable(bed);
    const verdict = compileModel(table).check(fromOctets(made));
    if (!verdict.ok) throw new Error(verdict.detail);
    const [first, second, gap] = materialise(table, verdict);
    expect([first!.value, second!.value]).toEqual([62, 90]);
    expect(second!.uptimeMs - first!.uptimeMs).toBe(60_000);
    expect(gap).toMatchObject({ point: 'gap', value: 118 });
    expect(thin(made, 60_000, periodOf)).toBeNull();
  });

  it('is none where nothing is finer', () => {
    const { world, open } = bedWithFlash();
    world.gateway.setOnline(false);
    world.board.record('count', { n: 7 });
    world.board.flush();
    expect(thin(open().next()![3], 60_000, periodOf)).toBeNull();
  });
});
