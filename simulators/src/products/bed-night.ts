import type { ActionOf } from '../behaviour/action.ts';
import { heartSamples, settledBpm } from '../behaviour/heart.ts';
import { MINUTE } from '../people/calendar.ts';
import { type Household, type Night, nightAt, type Person } from '../people/household.ts';
import type { Streams } from '../random/stream.ts';
import type { bedModel } from './bed-model.ts';

export type BedAction = ActionOf<typeof bedModel>;

export type SidePhase = 'empty' | 'latency' | 'asleep' | 'awake';

/** One side of the bed. Every whole minute in bed belongs to exactly one of latency, asleep, awake. */
export interface Side {
  name: 'left' | 'right';
  person: Person;
  phase: SidePhase;
  night: Night;
  /** Next minute at which this side does something. */
  dueMs: number;
  inBedMs: number;
  latencyMin: number;
  asleepMin: number;
  awakeMin: number;
  awakenings: number;
  /** Minutes left of falling asleep, or of lying awake. */
  leftMin: number;
  bpm: number;
}

export function emptySide(home: Household, slot: 0 | 1, nowMs: number): Side {
  const person = home.people[slot];
  const night = nightAt(home, person, nowMs);
  return {
    name: slot === 0 ? 'left' : 'right',
    person,
    phase: 'empty',
    night,
    dueMs: Math.max(nowMs, night.bedMs),
    inBedMs: 0,
    latencyMin: 0,
    asleepMin: 0,
    awakeMin: 0,
    awakenings: 0,
    leftMin: 0,
    bpm: person.restingBpm,
  };
}

/** What one side does at its due time, and the side afterwards. */
export function stepSide(side: Side, home: Household, random: Streams): { side: Side; actions: BedAction[] } {
  if (side.phase === 'empty') return getIn(side, random);
  if (side.dueMs >= side.night.upMs) return getOut(side, home);
  return lie(side, random);
}

function getIn(side: Side, random: Streams): { side: Side; actions: BedAction[] } {
  const atMs = side.dueMs;
  const draws = random(`night/${side.name}`);
  const asleepAlready = atMs > side.night.bedMs + 40 * MINUTE;
  const next: Side = {
    ...side,
    phase: 'latency',
    inBedMs: atMs,
    latencyMin: 0,
    asleepMin: 0,
    awakeMin: 0,
    awakenings: 0,
    leftMin: asleepAlready ? 1 : Math.max(1, Math.round(draws.bell(14, 6))),
    bpm: side.person.restingBpm + 14,
  };
  const place = { subject: side.name, atMs };
  const entered = lie(next, random);
  return {
    side: entered.side,
    actions: [
      { do: 'state', point: 'occupancy', value: 'occupied', ...place },
      { do: 'start', point: 'sleep', ...place },
      ...entered.actions,
    ],
  };
}

function getOut(side: Side, home: Household): { side: Side; actions: BedAction[] } {
  const atMs = side.dueMs;
  const inBedMin = (atMs - side.inBedMs) / MINUTE;
  const next = emptySide(home, side.name === 'left' ? 0 : 1, atMs);
  const attributes = {
    in_bed_min: inBedMin,
    latency_min: side.latencyMin,
    asleep_min: side.asleepMin,
    awake_min: side.awakeMin,
    awakenings: side.awakenings,
  };
  return {
    side: next,
    actions: [
      { do: 'end', point: 'sleep', subject: side.name, atMs, attributes },
      { do: 'state', point: 'occupancy', subject: side.name, atMs, value: 'empty' },
    ],
  };
}

/** One minute in bed: its phase, its samples, and what the next minute will be. */
function lie(side: Side, random: Streams): { side: Side; actions: BedAction[] } {
  const atMs = side.dueMs;
  const heart = heartSamples(side.bpm, restTarget(side, atMs), 60, random(`heart/${side.name}`));
  const movement = movementOf(side.phase, random);
  const place = { subject: side.name, atMs };
  return {
    side: nextPhase({ ...side, bpm: heart.bpm, dueMs: atMs + MINUTE }, random),
    actions: [
      { do: 'samples', point: 'movement', periodMs: MINUTE, values: [movement], ...place },
      { do: 'samples', point: 'heart_rate', periodMs: 1000, values: heart.values, ...place },
    ],
  };
}

/** Asleep, the rate swings in cycles of about 90 minutes between deep sleep and dreaming. */
function restTarget(side: Side, atMs: number): number {
  if (side.phase !== 'asleep') return settledBpm(side.person, 0.07);
  const turn = ((atMs - side.inBedMs) / (90 * MINUTE)) % 1;
  const swing = turn < 0.5 ? 1 - 4 * turn : 4 * turn - 3;
  return settledBpm(side.person, -0.03 + 0.025 * swing);
}

function movementOf(phase: SidePhase, random: Streams): number {
  const draws = random('movement');
  if (phase === 'asleep') return draws.chance(0.12) ? draws.int(1, 40) : 0;
  return draws.int(5, 200);
}

/** Counts the minute just spent and decides the phase of the next one. */
function nextPhase(side: Side, random: Streams): Side {
  const draws = random(`night/${side.name}`);
  const morning = side.dueMs >= side.night.wakeMs;
  if (side.phase === 'latency') {
    const next = { ...side, latencyMin: side.latencyMin + 1, leftMin: side.leftMin - 1 };
    return next.leftMin > 0 ? next : { ...next, phase: morning ? 'awake' : 'asleep' };
  }
  if (side.phase === 'asleep') {
    const next = { ...side, asleepMin: side.asleepMin + 1 };
    if (!morning && !draws.chance(0.065)) return next;
    return { ...next, phase: 'awake', awakenings: side.awakenings + 1, leftMin: draws.int(1, 5) };
  }
  const next = { ...side, awakeMin: side.awakeMin + 1, leftMin: side.leftMin - 1 };
  return next.leftMin > 0 || morning ? next : { ...next, phase: 'asleep' };
}
