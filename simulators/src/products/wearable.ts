import type { ActionOf } from '../behaviour/action.ts';
import type { Behaviour, Step } from '../behaviour/behaviour.ts';
import { heartSamples, settledBpm } from '../behaviour/heart.ts';
import { MINUTE } from '../people/calendar.ts';
import type { Household, Person } from '../people/household.ts';
import type { Streams } from '../random/stream.ts';
import { ACTIVITY_KINDS, type ActivityKind, type Doing, doingAt, effortOf, stepsOf } from './wearable-day.ts';
import type { wearableModel } from './wearable-model.ts';

type WearableAction = ActionOf<typeof wearableModel>;

interface Activity {
  kind: ActivityKind;
  steps: number;
  bpmSum: number;
  samples: number;
  peakBpm: number;
}

export interface WearableState {
  home: Household;
  person: Person;
  /** Minutes since the start, for what does not happen every minute. */
  minute: number;
  bpm: number;
  batteryPct: number;
  charging: boolean;
  activity: Activity | null;
}

/** By day the band looks at the pulse for 20 s every 10 min; at night and in exercise all the time. */
const DAY_LOOK_SECONDS = 20;
const DAY_LOOK_MINUTES = 10;
const DRAIN_PCT: Readonly<Record<Doing, number>> = {
  asleep: 0.018,
  sitting: 0.012,
  walking: 0.013,
  exercise: 0.05,
};
const CHARGE_PCT = 1.2;

export const wearableBehaviour: Behaviour<WearableState, WearableAction> = {
  begin(setting, random) {
    const person = setting.home.people[setting.slot % 2]!;
    return {
      home: setting.home,
      person,
      minute: 0,
      bpm: settledBpm(person, 0.08),
      batteryPct: Math.round(random('battery').between(45, 100) * 10) / 10,
      charging: false,
      activity: null,
    };
  },
  birth: ({ charging }, atMs) => [{ do: 'state', point: 'worn', value: charging ? 'off' : 'wrist', atMs }],
  step(state, random, nowMs) {
    const doing = doingAt(state.home, state.person, nowMs, random('doing'));
    const actions: WearableAction[] = [];
    const powered = power(state, doing, random, nowMs, actions);
    if (powered.charging) return minuteLater(powered, actions, nowMs);
    const started = activityEdge(powered, doing, random, nowMs, actions);
    return minuteLater(live(started, doing, random, nowMs, actions), actions, nowMs);
  },
};

function minuteLater(
  state: WearableState,
  actions: WearableAction[],
  nowMs: number,
): Step<WearableState, WearableAction> {
  return { state: { ...state, minute: state.minute + 1 }, actions, nextAtMs: nowMs + MINUTE };
}

/** The battery falls with use and rises on the charger, where the band lies when it is low and nobody exercises. */
function power(
  state: WearableState,
  doing: Doing,
  random: Streams,
  nowMs: number,
  actions: WearableAction[],
): WearableState {
  const draws = random('battery');
  const change = state.charging ? CHARGE_PCT : -DRAIN_PCT[doing] * draws.between(0.8, 1.2);
  const batteryPct = Math.min(100, Math.max(1, state.batteryPct + change));
  const full = state.charging && batteryPct >= 100;
  const low = !state.charging && batteryPct < 22 && doing === 'sitting';
  const charging = (state.charging && !full) || low;
  if (charging !== state.charging) {
    actions.push({ do: 'state', point: 'worn', atMs: nowMs, value: charging ? 'off' : 'wrist' });
    actions.push({ do: 'state', point: 'charging', atMs: nowMs, value: charging ? 'yes' : 'no' });
  }
  if (charging !== state.charging || state.minute % 15 === 0) {
    actions.push({ do: 'gauge', point: 'battery', atMs: nowMs, value: Math.round(batteryPct * 10) / 10 });
  }
  return { ...state, batteryPct, charging };
}

/** Starts an activity with the first minute of exercise and ends it with the last. */
function activityEdge(
  state: WearableState,
  doing: Doing,
  random: Streams,
  nowMs: number,
  actions: WearableAction[],
): WearableState {
  if (doing === 'exercise' && state.activity === null) {
    actions.push({ do: 'start', point: 'activity', atMs: nowMs });
    const kind = random('activity').pick(ACTIVITY_KINDS);
    return { ...state, activity: { kind, steps: 0, bpmSum: 0, samples: 0, peakBpm: 0 } };
  }
  if (doing === 'exercise' || state.activity === null) return state;
  const { kind, steps, bpmSum, samples, peakBpm } = state.activity;
  const attributes = { kind, average_bpm: Math.round(bpmSum / samples), peak_bpm: peakBpm, steps };
  actions.push({ do: 'end', point: 'activity', atMs: nowMs, attributes });
  return { ...state, activity: null };
}

/** One worn minute: pulse, steps, and now and then a tap on the glass. */
function live(
  state: WearableState,
  doing: Doing,
  random: Streams,
  nowMs: number,
  actions: WearableAction[],
): WearableState {
  const kind = state.activity?.kind ?? 'walk';
  const target = settledBpm(state.person, effortOf(doing, kind));
  const heart = heartSamples(state.bpm, target, 60, random('heart'));
  const always = doing === 'asleep' || doing === 'exercise';
  const values = always ? heart.values : heart.values.slice(0, DAY_LOOK_SECONDS);
  if (always || state.minute % DAY_LOOK_MINUTES === 0) {
    actions.push({ do: 'samples', point: 'heart_rate', atMs: nowMs, periodMs: 1000, values });
  }
  const steps = stepsOf(doing, kind, random('steps'));
  if (steps > 0) actions.push({ do: 'count', point: 'steps', atMs: nowMs + 59_000, by: steps });
  if (doing !== 'asleep' && random('tap').chance(0.02)) actions.push(tap(random, doing, nowMs));
  const activity = state.activity === null ? null : summed(state.activity, heart.values, steps);
  return { ...state, bpm: heart.bpm, activity };
}

function summed(activity: Activity, values: readonly number[], steps: number): Activity {
  let { bpmSum, peakBpm } = activity;
  for (const bpm of values) {
    bpmSum += bpm;
    if (bpm > peakBpm) peakBpm = bpm;
  }
  return {
    ...activity,
    bpmSum,
    peakBpm,
    samples: activity.samples + values.length,
    steps: activity.steps + steps,
  };
}

function tap(random: Streams, doing: Doing, nowMs: number): WearableAction {
  const draws = random('tap');
  const screen = doing === 'exercise' ? 'workout' : draws.pick(['clock', 'message', 'alarm'] as const);
  const gesture = draws.pick(['single', 'single', 'double', 'long'] as const);
  return { do: 'event', point: 'tap', atMs: nowMs + draws.int(0, 59_999), attributes: { gesture, screen } };
}
