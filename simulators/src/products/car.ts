import type { ActionOf } from '../behaviour/action.ts';
import type { Behaviour, Step } from '../behaviour/behaviour.ts';
import { HOUR, localDay, MINUTE } from '../people/calendar.ts';
import { dayPlan, type Household } from '../people/household.ts';
import { type Streams, stream } from '../random/stream.ts';
import { arrived, drive, type Motion, route, type Stretch } from './car-drive.ts';
import type { carModel } from './car-model.ts';

type CarAction = ActionOf<typeof carModel>;

export interface CarState {
  home: Household;
  slot: number;
  phase: 'parked' | 'driving';
  /** When the next thing happens. */
  dueMs: number;
  minutes: number;
  roads: readonly Stretch[];
  motion: Motion;
  begun: { atMs: number; odometerM: number; fuelMl: number };
  stops: number;
  topMps: number;
}

const TANK_ML = 50_000;
const RESERVE_ML = 7_000;
const CHUNK_SECONDS = 60;

export const carBehaviour: Behaviour<CarState, CarAction> = {
  begin(setting, random, nowMs) {
    const draws = random('car');
    const odometerM = draws.int(2_000, 120_000) * 1000;
    const fuelMl = draws.int(15_000, TANK_ML);
    const motion = { speedMps: 0, stretch: 0, inStretch: 0, stopped: 0, odometerM, fuelMl, hardBrakings: 0 };
    const parked: CarState = {
      home: setting.home,
      slot: setting.slot,
      phase: 'parked',
      dueMs: nowMs,
      minutes: 0,
      roads: [],
      motion,
      begun: { atMs: nowMs, odometerM, fuelMl },
      stops: 0,
      topMps: 0,
    };
    return { ...parked, ...nextTrip(parked, nowMs) };
  },
  birth: ({ motion, phase }, atMs) => [
    { do: 'state', point: 'ignition', value: phase === 'parked' ? 'off' : 'on', atMs },
    { do: 'gauge', point: 'odometer', value: Math.round(motion.odometerM), atMs },
    { do: 'gauge', point: 'fuel', value: Math.round(motion.fuelMl / 10) / 100, atMs },
  ],
  step: (state, random) => (state.phase === 'parked' ? depart(state, random) : onTheRoad(state, random)),
};

/** Next departure after `nowMs`: there and back, from the plan of the person who drives this car. */
function nextTrip(state: CarState, nowMs: number): { dueMs: number; minutes: number } {
  const { home, slot } = state;
  const person = home.people[slot % 2]!;
  for (let day = localDay(nowMs, home.zoneMinutes); ; day++) {
    const plan = dayPlan(home, person, day);
    const draws = stream(home.seed, person.name, `drive/${day}`);
    const minutes = Math.round(plan.weekend ? draws.between(8, 60) : draws.between(10, 50));
    const errand = draws.chance(0.35) ? plan.bedMs - draws.int(120, 200) * MINUTE : null;
    const trips = plan.away === null ? [] : [plan.away.leaveMs, plan.away.backMs - minutes * MINUTE];
    if (errand !== null) trips.push(errand, errand + 40 * MINUTE);
    const next = trips.find((atMs) => atMs > nowMs);
    if (next !== undefined) return { dueMs: next, minutes: next >= (errand ?? next + 1) ? 12 : minutes };
  }
}

function depart(state: CarState, random: Streams): Step<CarState, CarAction> {
  const atMs = state.dueMs;
  const { odometerM, fuelMl } = state.motion;
  const drivingMs = atMs + 15_000;
  const actions: CarAction[] = [
    { do: 'event', point: 'door', atMs, attributes: { door: 'driver', opened: true } },
    { do: 'event', point: 'door', atMs: atMs + 6_000, attributes: { door: 'driver', opened: false } },
    { do: 'state', point: 'ignition', atMs: drivingMs, value: 'on' },
    { do: 'gauge', point: 'odometer', atMs: drivingMs, value: Math.round(odometerM) },
    { do: 'gauge', point: 'fuel', atMs: drivingMs, value: Math.round(fuelMl / 10) / 100 },
    { do: 'start', point: 'trip', atMs: drivingMs },
  ];
  const next: CarState = {
    ...state,
    phase: 'driving',
    dueMs: drivingMs,
    roads: route(state.minutes, random('route')),
    motion: { ...state.motion, stretch: 0, inStretch: 0, stopped: 0, hardBrakings: 0 },
    begun: { atMs: drivingMs, odometerM, fuelMl },
    stops: 0,
    topMps: 0,
  };
  return { state: next, actions, nextAtMs: drivingMs };
}

function onTheRoad(state: CarState, random: Streams): Step<CarState, CarAction> {
  const atMs = state.dueMs;
  const draws = random('drive');
  const speeds: number[] = [];
  const actions: CarAction[] = [];
  let { motion, stops, topMps } = state;
  while (speeds.length < CHUNK_SECONDS && !arrived(motion, state.roads)) {
    const before = motion;
    motion = drive(motion, state.roads, draws);
    speeds.push(Math.round(motion.speedMps * 36) / 10);
    topMps = Math.max(topMps, motion.speedMps);
    if (before.speedMps > 0 && motion.speedMps === 0) stops += 1;
    if (motion.hardBrakings > before.hardBrakings)
      actions.push(braking(before, motion, atMs + speeds.length * 1000));
  }
  // A sample stands at the end of the second that it measures.
  actions.push({ do: 'samples', point: 'speed', atMs: atMs + 1000, periodMs: 1000, values: speeds });
  const nowMs = atMs + speeds.length * 1000;
  const next = { ...state, motion, stops, topMps, dueMs: nowMs };
  if (!arrived(motion, state.roads)) return { state: next, actions, nextAtMs: nowMs };
  return park(next, actions, random);
}

function braking(before: Motion, after: Motion, atMs: number): CarAction {
  const fromKmh = Math.round(before.speedMps * 3.6);
  const decelerationMps2 = Math.round((before.speedMps - after.speedMps) * 10) / 10;
  return {
    do: 'event',
    point: 'hard_braking',
    atMs,
    attributes: { from_kmh: fromKmh, deceleration_mps2: decelerationMps2 },
  };
}

function park(state: CarState, actions: CarAction[], random: Streams): Step<CarState, CarAction> {
  const atMs = state.dueMs + 8_000;
  const { motion, begun } = state;
  const distanceM = Math.round(motion.odometerM) - Math.round(begun.odometerM);
  const usedMl = Math.round(begun.fuelMl - motion.fuelMl);
  const topKmh = Math.round(state.topMps * 3.6);
  const attributes = { distance_m: distanceM, top_kmh: topKmh, stops: state.stops, fuel_ml: usedMl };
  actions.push({ do: 'gauge', point: 'odometer', atMs, value: Math.round(motion.odometerM) });
  actions.push({ do: 'count', point: 'distance', atMs, by: distanceM });
  actions.push({ do: 'end', point: 'trip', atMs, attributes });
  actions.push({ do: 'state', point: 'ignition', atMs, value: 'off' });
  const fuelMl = motion.fuelMl < RESERVE_ML ? refuel(motion.fuelMl, atMs, actions) : motion.fuelMl;
  actions.push({ do: 'gauge', point: 'fuel', atMs: atMs + 1_000, value: Math.round(fuelMl / 10) / 100 });
  const door = random('car').chance(0.3) ? 'boot' : 'driver';
  actions.push({ do: 'event', point: 'door', atMs: atMs + 20_000, attributes: { door, opened: true } });
  actions.push({ do: 'event', point: 'door', atMs: atMs + 31_000, attributes: { door, opened: false } });
  const parked: CarState = { ...state, phase: 'parked', motion: { ...motion, fuelMl } };
  const next = { ...parked, ...nextTrip(parked, atMs + HOUR / 30) };
  return { state: next, actions, nextAtMs: next.dueMs };
}

function refuel(fuelMl: number, atMs: number, actions: CarAction[]): number {
  const litres = Math.round((TANK_ML - fuelMl) / 10) / 100;
  actions.push({ do: 'event', point: 'refuel', atMs: atMs + 500, attributes: { litres } });
  return TANK_ML;
}
