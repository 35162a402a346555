import { describe, expect, it } from 'vitest';
import type { Action } from '../behaviour/action.ts';
import { at, history } from './history.ts';

/**
 * Simulated days beside real ones. The figures of the recordings are those that are published with them
 * (MMASH nights, tracebase appliances, Chicago household cars); the bands are wide enough for other people than those few.
 */
const SEEDS = [1, 2, 3, 4, 5, 6];
const DAYS = 10;

const all = (product: string): Action[][] => SEEDS.map((seed) => history(product, seed, DAYS, seed));
const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
const attribute = (one: { attributes?: object }, name: string): number =>
  Number((one.attributes as Record<string, unknown>)[name]);

describe('bands of the recordings', { timeout: 60_000 }, () => {
  it('nights: asleep for 75 % and 79 % of the time in bed, 31 awakenings', () => {
    const nights = all('bed').flatMap((actions) => at(actions, 'end', 'sleep'));
    const whole = nights.filter((night) => attribute(night, 'in_bed_min') > 300);
    const efficiency = whole.map((night) => attribute(night, 'asleep_min') / attribute(night, 'in_bed_min'));
    expect(mean(efficiency)).toBeGreaterThan(0.72);
    expect(mean(efficiency)).toBeLessThan(0.86);
    expect(mean(whole.map((night) => attribute(night, 'awakenings')))).toBeGreaterThan(18);
    expect(mean(whole.map((night) => attribute(night, 'awakenings')))).toBeLessThan(38);
  });

  it('cars: trips of 4.8, 10.5 and 15.8 km in the mean, 125.7 km/h at most', () => {
    const trips = all('car').flatMap((actions) => at(actions, 'end', 'trip'));
    const km = trips.map((trip) => attribute(trip, 'distance_m') / 1000);
    expect(mean(km)).toBeGreaterThan(4.5);
    expect(mean(km)).toBeLessThan(30);
    expect(Math.max(...trips.map((trip) => attribute(trip, 'top_kmh')))).toBeLessThan(135);
  });

  it('appliances: washes of 435 and 1,155 Wh at 2.2 kW, dishes about 1,275 Wh at 2.1 kW, coffee at 1.3 kW', () => {
    const cycles: Record<string, { wh: number[]; peak: number }> = {};
    for (const actions of all('appliance')) {
      const done = at(actions, 'end', 'cycle').filter((one) => one.attributes?.outcome === 'done');
      const peak = Math.max(...at(actions, 'samples', 'power').flatMap((run) => run.values));
      const heats = at(actions, 'state', 'phase').map((one) => one.value);
      const kind = heats.includes('brew') ? 'coffee' : heats.includes('spin') ? 'washer' : 'dishwasher';
      const there = cycles[kind] ?? { wh: [], peak: 0 };
      cycles[kind] = {
        wh: [...there.wh, ...done.map((one) => attribute(one, 'energy_wh'))],
        peak: Math.max(there.peak, peak),
      };
    }
    expect(Object.keys(cycles).sort()).toEqual(['coffee', 'dishwasher', 'washer']);
    const band = (kind: string, wh: [number, number], peak: [number, number]): void => {
      expect(mean(cycles[kind]!.wh), kind).toBeGreaterThan(wh[0]);
      expect(mean(cycles[kind]!.wh), kind).toBeLessThan(wh[1]);
      expect(cycles[kind]!.peak, kind).toBeGreaterThan(peak[0]);
      expect(cycles[kind]!.peak, kind).toBeLessThan(peak[1]);
    };
    band('washer', [400, 1200], [2100, 2500]);
    band('dishwasher', [700, 1700], [2050, 2450]);
    band('coffee', [40, 250], [1250, 1500]);
  });
});
