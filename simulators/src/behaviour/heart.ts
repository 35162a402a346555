import type { Person } from '../people/household.ts';
import type { Random } from '../random/stream.ts';

/** Lowest and highest rate that a simulated heart can have. */
export const HEART_LIMITS_BPM = { min: 38, max: 205 } as const;

/** A heart follows effort like a first-order lag: quicker up than down. */
const SECONDS_UP = 28;
const SECONDS_DOWN = 55;

/** The rate that a person's heart settles at. `effort`: 0 lying at rest .. 1 the most they can do; asleep is below 0. */
export function settledBpm(person: Person, effort: number): number {
  return person.restingBpm + effort * (person.maximumBpm - person.restingBpm);
}

/** The rate one second later. */
export function nextBpm(bpm: number, targetBpm: number, random: Random): number {
  const seconds = targetBpm > bpm ? SECONDS_UP : SECONDS_DOWN;
  const next = bpm + (targetBpm - bpm) / seconds + random.bell(0, 0.35);
  return Math.min(HEART_LIMITS_BPM.max, Math.max(HEART_LIMITS_BPM.min, next));
}

/** `seconds` samples at 1 Hz towards one effort: rounded as a sensor reports them, and the exact rate at the end. */
export function heartSamples(
  bpm: number,
  targetBpm: number,
  seconds: number,
  random: Random,
): { bpm: number; values: number[] } {
  const values: number[] = new Array(seconds);
  let now = bpm;
  for (let i = 0; i < seconds; i++) {
    now = nextBpm(now, targetBpm, random);
    values[i] = Math.round(now);
  }
  return { bpm: now, values };
}
