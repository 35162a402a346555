import type { ActionOf } from '../behaviour/action.ts';
import type { Behaviour, Step } from '../behaviour/behaviour.ts';
import { HOUR, localDay, MINUTE, midnight } from '../people/calendar.ts';
import type { Household } from '../people/household.ts';
import { type Streams, stream } from '../random/stream.ts';
import type { wristbandModel } from './wristband-model.ts';

type WristbandAction = ActionOf<typeof wristbandModel>;
type TapAction = Extract<WristbandAction, { point: 'tap' }>;
export type Place = TapAction['attributes']['place'];
type What = TapAction['attributes']['what'];

/** Metres from the gate. */
export const PARK: Readonly<Record<Place, readonly [east: number, north: number]>> = {
  gate: [0, 0],
  lockers: [35, 10],
  slide: [180, 120],
  waves: [120, 210],
  river: [240, 60],
  sauna: [60, 260],
  cafe: [140, 90],
  shop: [20, 30],
  lawn: [200, 240],
  tower: [310, 180],
};

/** Nobody walks faster than this between two places. */
export const FASTEST_WALK_MPS = 1.9;

const AFTER_LOCKERS: readonly Place[] = [
  'slide',
  'waves',
  'river',
  'sauna',
  'cafe',
  'lawn',
  'tower',
  'slide',
  'river',
];

export interface WristbandState {
  home: Household;
  /** Outside, or at one place: never at two. */
  place: Place | null;
  dueMs: number;
  leaveMs: number;
  pace: number;
  taps: number;
  walkedM: number;
  batteryPct: number;
}

export const wristbandBehaviour: Behaviour<WristbandState, WristbandAction> = {
  begin(setting, random, nowMs) {
    const draws = random('band');
    const outside = { place: null, taps: 0, walkedM: 0, batteryPct: draws.between(60, 100) };
    const dueMs = nextVisit(setting.home, nowMs);
    return { home: setting.home, dueMs, leaveMs: 0, pace: draws.between(0.8, 1.5), ...outside };
  },
  birth: ({ batteryPct }, atMs) => [
    { do: 'gauge', point: 'battery', value: Math.round(batteryPct * 10) / 10, atMs },
  ],
  step(state, random, nowMs) {
    if (nowMs < state.dueMs) return { state, actions: [], nextAtMs: state.dueMs };
    if (state.place === null) return enter(state, random);
    return stroll(state, state.place, random);
  },
};

/** Guests come on most days, later at weekends; the whole household on the same day. */
function nextVisit(home: Household, nowMs: number): number {
  for (let day = localDay(nowMs, home.zoneMinutes); ; day++) {
    const random = stream(home.seed, `h${home.index}`, `visit/${day}`);
    const atMs = midnight(day, home.zoneMinutes) + Math.round(random.between(9, 14) * 3600) * 1000;
    if (random.chance(0.8) && atMs > nowMs) return atMs;
  }
}

export function metresBetween(from: Place, to: Place): number {
  const east = PARK[to][0] - PARK[from][0];
  const north = PARK[to][1] - PARK[from][1];
  return Math.sqrt(east * east + north * north);
}

function enter(state: WristbandState, random: Streams): Step<WristbandState, WristbandAction> {
  const atMs = state.dueMs;
  const batteryPct = Math.max(5, state.batteryPct - random('band').between(0.3, 1.2));
  const leaveMs = atMs + random('visit').int(120, 420) * MINUTE;
  const inside: WristbandState = { ...state, place: 'gate', leaveMs, taps: 1, walkedM: 0, batteryPct };
  const actions: WristbandAction[] = [
    { do: 'event', point: 'tap', atMs, attributes: { place: 'gate', what: 'enter' } },
    { do: 'start', point: 'visit', atMs },
    { do: 'gauge', point: 'battery', atMs, value: Math.round(batteryPct * 10) / 10 },
  ];
  return walk(inside, 'gate', 'lockers', random, actions);
}

/** Taps where the guest stands now, stays a while, and walks on. */
function stroll(state: WristbandState, place: Place, random: Streams): Step<WristbandState, WristbandAction> {
  const leaving = state.dueMs >= state.leaveMs;
  if (leaving && place === 'gate') return leave(state);
  const what = whatAt(place, leaving);
  const attributes =
    what === 'pay' ? { place, what, amount_cent: random('visit').int(250, 2400) } : { place, what };
  const actions: WristbandAction[] = [{ do: 'event', point: 'tap', atMs: state.dueMs, attributes }];
  const tapped = { ...state, taps: state.taps + 1 };
  if (leaving) return walk(tapped, place, place === 'lockers' ? 'gate' : 'lockers', random, actions);
  const others = AFTER_LOCKERS.filter((one) => one !== place);
  const stayMs = random('visit').int(4, 45) * MINUTE;
  return walk(
    { ...tapped, dueMs: state.dueMs + stayMs },
    place,
    random('visit').pick(others),
    random,
    actions,
  );
}

function whatAt(place: Place, leaving: boolean): What {
  if (place === 'lockers') return leaving ? 'unlock' : 'lock';
  return place === 'cafe' || place === 'shop' ? 'pay' : 'ride';
}

function walk(
  state: WristbandState,
  from: Place,
  to: Place,
  random: Streams,
  actions: WristbandAction[],
): Step<WristbandState, WristbandAction> {
  const metres = metresBetween(from, to);
  const pace = Math.min(FASTEST_WALK_MPS, state.pace * random('walk').between(0.8, 1.15));
  const dueMs = state.dueMs + Math.ceil(metres / pace) * 1000 + 5_000;
  const next = { ...state, place: to, dueMs, walkedM: state.walkedM + metres };
  return { state: next, actions, nextAtMs: dueMs };
}

function leave(state: WristbandState): Step<WristbandState, WristbandAction> {
  const atMs = state.dueMs;
  const attributes = { taps: state.taps + 1, walked_m: Math.round(state.walkedM) };
  const dueMs = nextVisit(state.home, atMs + HOUR);
  return {
    state: { ...state, place: null, dueMs },
    actions: [
      { do: 'event', point: 'tap', atMs, attributes: { place: 'gate', what: 'leave' } },
      { do: 'end', point: 'visit', atMs, attributes },
    ],
    nextAtMs: dueMs,
  };
}
