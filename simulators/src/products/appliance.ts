import type { ActionOf } from '../behaviour/action.ts';
import type { Behaviour, Step } from '../behaviour/behaviour.ts';
import { localDay } from '../people/calendar.ts';
import type { Household } from '../people/household.ts';
import type { Streams } from '../random/stream.ts';
import type { applianceModel } from './appliance-model.ts';
import {
  APPLIANCES,
  type Appliance,
  chooseProgram,
  type Program,
  type Stage,
  startsOn,
} from './appliance-programs.ts';

type ApplianceAction = ActionOf<typeof applianceModel>;

interface Cycle {
  program: Program;
  stages: readonly Stage[];
  /** Next stage to run, and the one that will fail (-1: none). */
  stage: number;
  failsAt: number;
  wattSeconds: number;
  /** Tenths of a watt-hour already told to the energy counter. */
  toldTenths: number;
}

export interface ApplianceState {
  home: Household;
  appliance: Appliance;
  dueMs: number;
  cycle: Cycle | null;
}

const SAMPLE_SECONDS = 10;
const FAULT_CHANCE = 0.03;

export const applianceBehaviour: Behaviour<ApplianceState, ApplianceAction> = {
  begin(setting, _random, nowMs) {
    const { home, slot } = setting;
    const appliance = APPLIANCES[(home.index + slot) % APPLIANCES.length]!;
    return { home, appliance, dueMs: nextStart(home, appliance, nowMs), cycle: null };
  },
  birth: ({ cycle }, atMs) => [
    { do: 'state', point: 'phase', value: cycle?.stages[cycle.stage - 1]?.phase ?? 'idle', atMs },
  ],
  step(state, random, nowMs) {
    if (nowMs < state.dueMs) return { state, actions: [], nextAtMs: state.dueMs };
    return state.cycle === null ? load(state, random) : proceed(state, state.cycle, random);
  },
};

function nextStart(home: Household, appliance: Appliance, nowMs: number): number {
  for (let day = localDay(nowMs, home.zoneMinutes) - 1; ; day++) {
    const next = startsOn(home, appliance, day).find((atMs) => atMs > nowMs);
    if (next !== undefined) return next;
  }
}

/** Door open, things in, door closed, start. */
function load(state: ApplianceState, random: Streams): Step<ApplianceState, ApplianceAction> {
  const draws = random('cycle');
  const openMs = state.dueMs;
  const startMs = openMs + draws.int(20, 240) * 1000;
  const { program, stages } = chooseProgram(state.appliance, draws);
  const failsAt = draws.chance(FAULT_CHANCE) ? draws.int(0, stages.length - 1) : -1;
  const cycle: Cycle = { program, stages, stage: 0, failsAt, wattSeconds: 0, toldTenths: 0 };
  const actions: ApplianceAction[] = [
    { do: 'event', point: 'door', atMs: openMs, attributes: { action: 'opened', during_cycle: 'no' } },
    {
      do: 'event',
      point: 'door',
      atMs: startMs - 5_000,
      attributes: { action: 'closed', during_cycle: 'no' },
    },
    { do: 'start', point: 'cycle', atMs: startMs, attributes: { program } },
  ];
  return { state: { ...state, cycle, dueMs: startMs }, actions, nextAtMs: startMs };
}

function proceed(
  state: ApplianceState,
  cycle: Cycle,
  random: Streams,
): Step<ApplianceState, ApplianceAction> {
  const stage = cycle.stages[cycle.stage];
  if (stage === undefined) return finish(state, cycle, 'done', []);
  const atMs = state.dueMs;
  const actions: ApplianceAction[] = [{ do: 'state', point: 'phase', atMs, value: stage.phase }];
  const fails = cycle.stage === cycle.failsAt;
  const seconds = fails ? Math.max(SAMPLE_SECONDS, Math.floor(stage.seconds / 20) * 10) : stage.seconds;
  const watts = powerOf(stage, seconds, random);
  // A sample is the mean power of the ten seconds that end with it.
  actions.push({ do: 'samples', point: 'power', atMs: atMs + 10_000, periodMs: 10_000, values: watts });
  const wattSeconds = cycle.wattSeconds + watts.reduce((sum, one) => sum + one * SAMPLE_SECONDS, 0);
  const tenths = Math.floor(wattSeconds / 360);
  const endMs = atMs + seconds * 1000;
  if (tenths > cycle.toldTenths) {
    actions.push({ do: 'count', point: 'energy', atMs: endMs, by: (tenths - cycle.toldTenths) / 10 });
  }
  const next: Cycle = { ...cycle, stage: cycle.stage + 1, wattSeconds, toldTenths: tenths };
  const later: ApplianceState = { ...state, cycle: next, dueMs: endMs };
  return fails ? fail(later, next, seconds, random, actions) : { state: later, actions, nextAtMs: endMs };
}

function powerOf(stage: Stage, seconds: number, random: Streams): number[] {
  const draws = random('power');
  const watts: number[] = [];
  for (let at = 0; at < seconds; at += SAMPLE_SECONDS) {
    watts.push(Math.max(0, Math.round(draws.bell(stage.watts, stage.watts * 0.03))));
  }
  return watts;
}

function fail(
  state: ApplianceState,
  cycle: Cycle,
  phaseSeconds: number,
  random: Streams,
  actions: ApplianceAction[],
): Step<ApplianceState, ApplianceAction> {
  const draws = random('cycle');
  const code = draws.pick(['water_inlet', 'drain', 'heater', 'door_open'] as const);
  const atMs = state.dueMs;
  actions.push({ do: 'event', point: 'fault', atMs, attributes: { code, phase_seconds: phaseSeconds } });
  actions.push({ do: 'state', point: 'phase', atMs, value: 'error' });
  const noticedMs = atMs + draws.int(1, 30) * 60_000;
  actions.push({
    do: 'event',
    point: 'door',
    atMs: noticedMs,
    attributes: { action: 'opened', during_cycle: 'yes' },
  });
  actions.push({
    do: 'event',
    point: 'door',
    atMs: noticedMs + 20_000,
    attributes: { action: 'closed', during_cycle: 'yes' },
  });
  return finish({ ...state, dueMs: noticedMs + 30_000 }, cycle, 'aborted', actions);
}

function finish(
  state: ApplianceState,
  cycle: Cycle,
  outcome: 'done' | 'aborted',
  actions: ApplianceAction[],
): Step<ApplianceState, ApplianceAction> {
  const atMs = state.dueMs;
  const attributes = { program: cycle.program, outcome, energy_wh: cycle.toldTenths / 10 };
  actions.push({ do: 'end', point: 'cycle', atMs, attributes });
  actions.push({ do: 'state', point: 'phase', atMs, value: 'idle' });
  const dueMs = nextStart(state.home, state.appliance, atMs + 60_000);
  return { state: { ...state, cycle: null, dueMs }, actions, nextAtMs: dueMs };
}
