import { describe, expect, it } from 'vitest';
import type { Action } from '../behaviour/action.ts';
import { HEART_LIMITS_BPM } from '../behaviour/heart.ts';
import { at, history, MONDAY_NOON } from './history.ts';
import { MACHINE_TRANSITIONS } from './machine.ts';
import { FASTEST_WALK_MPS, metresBetween, type Place } from './wristband.ts';

const SEEDS = [1, 2, 3, 4, 5];
const DAYS = 8;

const known = new Map<string, readonly Action[]>();

/** Histories that several tests look at are lived once. */
function remembered(product: string, seed: number, days: number, index: number): readonly Action[] {
  const key = `${product} ${seed} ${days} ${index}`;
  const found = known.get(key) ?? history(product, seed, days, index);
  known.set(key, found);
  return found;
}

function everySeed(product: string, check: (actions: readonly Action[], seed: number) => void): void {
  for (const seed of SEEDS) {
    const actions = remembered(product, seed, DAYS, seed);
    expect(actions.length, `seed ${seed}: ${product} does something`).toBeGreaterThan(5);
    check(actions, seed);
  }
}

const number = (value: unknown): number => {
  expect(typeof value).toBe('number');
  return value as number;
};

describe('bed', { timeout: 60_000 }, () => {
  it('has time in bed = asleep + awake + latency, equal to the time between getting in and getting out', () => {
    everySeed('bed', (actions, seed) => {
      for (const side of ['left', 'right']) {
        const starts = at(actions, 'start', 'sleep').filter((one) => one.subject === side);
        const ends = at(actions, 'end', 'sleep').filter((one) => one.subject === side);
        expect(ends.length).toBeGreaterThanOrEqual(DAYS - 2);
        ends.forEach((end, i) => {
          const a = end.attributes!;
          const inBed = number(a.in_bed_min);
          expect(number(a.latency_min) + number(a.asleep_min) + number(a.awake_min), `seed ${seed}`).toBe(
            inBed,
          );
          expect((end.atMs - starts[i]!.atMs) / 60_000).toBe(inBed);
          // The first night may have begun before the history does.
          if (starts[i]!.atMs > MONDAY_NOON) expect(inBed).toBeGreaterThan(3.5 * 60);
          expect(inBed).toBeLessThan(14 * 60);
        });
      }
    });
  });

  it('measures a heart only in an occupied side, one sample a second without a hole', () => {
    everySeed('bed', (actions, seed) => {
      let inBed = false;
      let nextMs = 0;
      for (const one of actions.filter((action) => action.subject === 'left')) {
        if (one.do === 'state') {
          inBed = one.value === 'occupied';
          nextMs = one.atMs;
        }
        if (one.do !== 'samples' || one.point !== 'heart_rate') continue;
        if (!inBed || one.atMs !== nextMs) expect.fail(`seed ${seed}: heart at ${one.atMs}, in bed ${inBed}`);
        nextMs = one.atMs + one.values.length * one.periodMs;
      }
    });
  });
});

describe('hearts', { timeout: 60_000 }, () => {
  it('stay within limits and never jump: effort comes through with a lag', () => {
    for (const product of ['bed', 'wearable']) {
      everySeed(product, (actions, seed) => {
        let [jump, least, most] = [0, Number.POSITIVE_INFINITY, 0];
        for (const run of at(actions, 'samples', 'heart_rate')) {
          for (let i = 0; i < run.values.length; i++) {
            const bpm = run.values[i]!;
            jump = Math.max(jump, Math.abs(bpm - (run.values[i - 1] ?? bpm)));
            least = Math.min(least, bpm);
            most = Math.max(most, bpm);
          }
        }
        expect(least, `seed ${seed}`).toBeGreaterThanOrEqual(HEART_LIMITS_BPM.min);
        expect(most, `seed ${seed}`).toBeLessThanOrEqual(HEART_LIMITS_BPM.max);
        expect(jump, `seed ${seed}`).toBeLessThanOrEqual(6);
      });
    }
  });

  it('beat faster in exercise than asleep, and take more than 20 s to get there', () => {
    everySeed('wearable', (actions) => {
      for (const start of at(actions, 'start', 'activity')) {
        const first = at(actions, 'samples', 'heart_rate').find((run) => run.atMs === start.atMs)!;
        const end = at(actions, 'end', 'activity').find((one) => one.atMs > start.atMs);
        if (end === undefined) continue;
        const peak = number(end.attributes?.peak_bpm);
        expect(first.values[0]!).toBeLessThan(peak);
        expect(first.values[20]!).toBeLessThan(peak);
        expect(number(end.attributes?.average_bpm)).toBeLessThanOrEqual(peak);
      }
    });
  });
});

describe('car', { timeout: 60_000 }, () => {
  it('has an odometer that never falls and is the integral of speed within 0.5 %', () => {
    everySeed('car', (actions, seed) => {
      const readings = at(actions, 'gauge', 'odometer').map((one) => one.value);
      expect(readings).toEqual([...readings].sort((a, b) => a - b));
      const metres = at(actions, 'samples', 'speed')
        .flatMap((run) => run.values)
        .reduce((sum, kmh) => sum + kmh / 3.6, 0);
      const driven = at(actions, 'end', 'trip').reduce(
        (sum, one) => sum + number(one.attributes?.distance_m),
        0,
      );
      const open = at(actions, 'start', 'trip').length > at(actions, 'end', 'trip').length;
      if (!open) expect(Math.abs(metres - driven) / driven, `seed ${seed}`).toBeLessThan(0.005);
      const span = readings[readings.length - 1]! - readings[0]!;
      expect(span).toBe(driven);
    });
  });

  it('drives only with the ignition on, and burns fuel that only a refuel brings back', () => {
    everySeed('car', (actions, seed) => {
      let on = false;
      let fuel = Number.POSITIVE_INFINITY;
      for (const one of actions) {
        if (one.do === 'state' && one.point === 'ignition') on = one.value === 'on';
        if (one.do === 'samples' && !on)
          expect.fail(`seed ${seed}: drives with the ignition off at ${one.atMs}`);
        if (one.do === 'event' && one.point === 'refuel') fuel = Number.POSITIVE_INFINITY;
        if (one.do !== 'gauge' || one.point !== 'fuel') continue;
        expect(one.value).toBeLessThanOrEqual(fuel);
        fuel = one.value;
      }
    });
  });

  it('moves as a car can: no harder braking than 7 m/s2, no faster start than 2 m/s2', () => {
    everySeed('car', (actions) => {
      for (const run of at(actions, 'samples', 'speed')) {
        const changes = run.values.map((kmh, i) => (kmh - (run.values[i - 1] ?? kmh)) / 3.6);
        expect(Math.max(...changes)).toBeLessThan(2);
        expect(Math.min(...changes)).toBeGreaterThan(-7);
      }
    });
  });
});

describe('appliance', { timeout: 60_000 }, () => {
  it('counts as energy what the integral of its power is, to a tenth of a watt-hour', () => {
    everySeed('appliance', (actions, seed) => {
      for (const end of at(actions, 'end', 'cycle')) {
        const start = at(actions, 'start', 'cycle')
          .filter((one) => one.atMs < end.atMs)
          .at(-1)!;
        const within = (one: { atMs: number }): boolean => one.atMs >= start.atMs && one.atMs <= end.atMs;
        const joule = at(actions, 'samples', 'power')
          .filter(within)
          .flatMap((run) => run.values)
          .reduce((sum, watts) => sum + watts * 10, 0);
        const counted = at(actions, 'count', 'energy')
          .filter(within)
          .reduce((sum, one) => sum + one.by, 0);
        expect(joule / 3600 - counted, `seed ${seed}`).toBeGreaterThanOrEqual(-1e-6);
        expect(joule / 3600 - counted).toBeLessThanOrEqual(0.1 + 1e-6);
        expect(number(end.attributes?.energy_wh)).toBeCloseTo(counted, 6);
      }
    });
  });

  it('opens its door only outside of a cycle, or after a fault', () => {
    everySeed('appliance', (actions) => {
      let running = false;
      let failed = false;
      for (const one of actions) {
        if (one.do === 'start') running = true;
        if (one.do === 'end') [running, failed] = [false, false];
        if (one.do === 'event' && one.point === 'fault') failed = true;
        if (one.do === 'event' && one.point === 'door') expect(running && !failed).toBe(false);
      }
    });
  });
});

describe('wearable', { timeout: 60_000 }, () => {
  it('has a battery that falls unless it is charging, and is not worn then', () => {
    everySeed('wearable', (actions, seed) => {
      let charging = false;
      let changed = false;
      let last = Number.NaN;
      for (const one of actions) {
        if (one.do === 'state' && one.point === 'charging') [charging, changed] = [one.value === 'yes', true];
        if (one.do === 'samples' && charging) expect.fail(`seed ${seed}: measures a pulse on the charger`);
        if (one.do !== 'gauge') continue;
        const rises = one.value > last;
        if (!changed) expect(rises && !charging).toBe(false);
        if (!changed) expect(one.value < last && charging).toBe(false);
        [last, changed] = [one.value, false];
      }
    });
  });
});

describe('wristband', { timeout: 60_000 }, () => {
  it('is in one place at a time and cannot outrun a walk', () => {
    everySeed('wristband', (actions, seed) => {
      const taps = at(actions, 'event', 'tap');
      taps.forEach((tap, i) => {
        const before = taps[i - 1];
        if (before === undefined || tap.attributes?.what === 'enter') return;
        const metres = metresBetween(before.attributes?.place as Place, tap.attributes?.place as Place);
        const seconds = (tap.atMs - before.atMs) / 1000;
        expect(seconds * FASTEST_WALK_MPS, `seed ${seed}`).toBeGreaterThanOrEqual(metres);
      });
      const edges = taps
        .map((tap) => tap.attributes?.what)
        .filter((what) => what === 'enter' || what === 'leave');
      expect(edges).toEqual(edges.map((_, i) => (i % 2 === 0 ? 'enter' : 'leave')));
    });
  });
});

describe('machine', { timeout: 60_000 }, () => {
  it('wears each tool only up, and takes a new one when it is worn out', () => {
    let changes = 0;
    everySeed('machine', (actions, seed) => {
      const wear = new Map<unknown, number>();
      for (const one of at(actions, 'gauge', 'tool_wear')) {
        const before = wear.get(one.attributes?.tool) ?? 0;
        expect(one.value, `seed ${seed}`).toBeGreaterThanOrEqual(before);
        wear.set(one.attributes?.tool, one.value);
      }
      changes += wear.size - 1;
    });
    expect(changes).toBeGreaterThan(5);
  });

  it('makes no transition that its table of phases does not have, and rests on Sundays', () => {
    everySeed('machine', (actions, seed) => {
      const phases = at(actions, 'state', 'phase');
      phases.forEach((one, i) => {
        const before = phases[i - 1]?.value as keyof typeof MACHINE_TRANSITIONS | undefined;
        if (before === undefined) return;
        const after: readonly string[] = MACHINE_TRANSITIONS[before];
        if (!after.includes(one.value)) expect.fail(`seed ${seed}: ${before} to ${one.value} at ${one.atMs}`);
      });
      const offFor = phases.flatMap((one, i) =>
        one.value === 'off' && phases[i + 1] ? [phases[i + 1]!.atMs - one.atMs] : [],
      );
      expect(Math.max(...offFor)).toBeGreaterThan(36 * 3_600_000);
    });
  });

  it('cuts only while its phase says so', () => {
    everySeed('machine', (actions) => {
      let phase = '';
      for (const one of actions) {
        if (one.do === 'state') phase = one.value;
        if (one.do === 'samples' && phase !== 'cutting') expect.fail(`cuts while ${phase} at ${one.atMs}`);
      }
    });
  });
});

describe('every product', { timeout: 60_000 }, () => {
  const all = ['bed', 'car', 'wearable', 'appliance', 'wristband', 'machine'];

  it('does the same with the same seed, and something else with another', () => {
    for (const product of all) {
      const once = JSON.stringify(history(product, 7, 3));
      expect(JSON.stringify(history(product, 7, 3))).toBe(once);
      expect(JSON.stringify(history(product, 8, 3))).not.toBe(once);
    }
  });

  it('closes every session that it opens before it opens the next', () => {
    for (const product of all) {
      everySeed(product, (actions) => {
        const open = new Set<string>();
        for (const one of actions) {
          const key = `${one.point}/${one.subject ?? ''}`;
          if (one.do === 'start') {
            expect(open.has(key), `${product} ${key}`).toBe(false);
            open.add(key);
          }
          if (one.do === 'end') expect(open.delete(key), `${product} ${key}`).toBe(true);
        }
      });
    }
  });

  it('lives weekdays, weekends and nights differently', () => {
    const hours = (product: string, point: string, weekend: boolean): number[] =>
      SEEDS.flatMap((seed) => remembered(product, seed, 14, 0))
        .filter((one) => one.point === point && one.do === 'start')
        .filter((one) => [0, 6].includes(new Date(one.atMs + 3_600_000).getUTCDay()) === weekend)
        .map((one) => new Date(one.atMs + 3_600_000).getUTCHours());
    const early = (list: number[]): number =>
      list.filter((hour) => hour >= 5 && hour < 9).length / list.length;
    expect(early(hours('car', 'trip', false))).toBeGreaterThan(early(hours('car', 'trip', true)) + 0.1);
    const night = hours('car', 'trip', false).filter((hour) => hour >= 1 && hour < 4).length;
    expect(night).toBe(0);
    expect(MONDAY_NOON % 86_400_000).toBe(43_200_000);
  });
});

describe('a product that is switched on', () => {
  it('tells of itself at once, whatever the hour', () => {
    for (const product of ['bed', 'car', 'wearable', 'appliance', 'wristband', 'machine']) {
      const first = history(product, 3, 1).filter((one) => one.atMs === MONDAY_NOON);
      expect(first.length, product).toBeGreaterThan(0);
    }
  });
});
