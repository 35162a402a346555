import type { ActionOf } from '../behaviour/action.ts';
import type { Behaviour, Step } from '../behaviour/behaviour.ts';
import { DAY, HOUR, localDay, MINUTE, midnight, weekday } from '../people/calendar.ts';
import type { Household } from '../people/household.ts';
import type { Random, Streams } from '../random/stream.ts';
import type { machineModel } from './machine-model.ts';

type MachineAction = ActionOf<typeof machineModel>;
type MachinePhase = Extract<MachineAction, { point: 'phase' }>['value'];

export interface MachineState {
  home: Household;
  phase: MachinePhase;
  dueMs: number;
  tool: number;
  /** Mm of wear of the tool that is in; falls only by changing it. */
  wearMm: number;
  program: number;
  /** Cutting stretches left of the part in work. */
  cutsLeft: number;
  cutSeconds: number;
}

/** What may follow what; tests hold every transition to it. */
export const MACHINE_TRANSITIONS: Readonly<Record<MachinePhase, readonly MachinePhase[]>> = {
  off: ['idle'],
  idle: ['starting', 'tool_change', 'stopped', 'off'],
  starting: ['cutting'],
  cutting: ['repositioning', 'stopped'],
  repositioning: ['cutting', 'idle'],
  tool_change: ['idle'],
  stopped: ['idle'],
};

const WORN_OUT_MM = 0.3;
const WEAR_PER_SECOND_MM = 0.000012;

export const machineBehaviour: Behaviour<MachineState, MachineAction> = {
  begin(setting, random, nowMs) {
    const draws = random('machine');
    const tool = draws.int(1000, 900_000);
    const wearMm = draws.between(0, 0.2);
    const rest = { program: draws.int(1, 9000), cutsLeft: 0, cutSeconds: 0 };
    return { home: setting.home, phase: 'off', dueMs: nowMs, tool, wearMm, ...rest };
  },
  birth: ({ phase, tool, wearMm }, atMs) => [
    { do: 'state', point: 'phase', value: phase, atMs },
    { do: 'gauge', point: 'tool_wear', value: Math.round(wearMm * 1000) / 1000, attributes: { tool }, atMs },
  ],
  step(state, random, nowMs) {
    if (nowMs < state.dueMs) return { state, actions: [], nextAtMs: state.dueMs };
    return PHASES[state.phase](state, random);
  },
};

/** Two shifts on weekdays, one on Saturdays, none on Sundays: the shift at `nowMs`, or the next one. */
export function shiftAt(home: Household, nowMs: number): { fromMs: number; toMs: number } {
  for (let day = localDay(nowMs, home.zoneMinutes); ; day++) {
    const name = weekday(day);
    const start = midnight(day, home.zoneMinutes);
    const toMs = start + (name === 6 ? 14 : 22) * HOUR;
    if (name !== 0 && toMs > nowMs) return { fromMs: start + 6 * HOUR, toMs };
  }
}

type Next = Step<MachineState, MachineAction>;

/** Enters a phase for some seconds. */
function go(state: MachineState, phase: MachinePhase, seconds: number, actions: MachineAction[]): Next {
  actions.push({ do: 'state', point: 'phase', atMs: state.dueMs, value: phase });
  const dueMs = state.dueMs + seconds * 1000;
  return { state: { ...state, phase, dueMs }, actions, nextAtMs: dueMs };
}

/** Each entry: what happens when the phase that the machine is in ends. */
const PHASES: Readonly<Record<MachinePhase, (state: MachineState, random: Streams) => Next>> = {
  off(state, random) {
    const { fromMs } = shiftAt(state.home, state.dueMs);
    const waiting = fromMs > state.dueMs;
    const nextAtMs = fromMs + random('shift').int(0, 12) * MINUTE;
    if (waiting) return { state: { ...state, dueMs: nextAtMs }, actions: [], nextAtMs };
    return go(state, 'idle', random('shift').int(120, 900), []);
  },
  idle(state, random) {
    const draws = random('machine');
    const shift = shiftAt(state.home, state.dueMs);
    if (shift.fromMs > state.dueMs || shift.toMs - state.dueMs < 10 * MINUTE) return switchOff(state, shift);
    if (state.wearMm >= WORN_OUT_MM) return go(state, 'tool_change', draws.int(60, 240), []);
    if (draws.chance(0.02)) return stop(state, 'material', draws, []);
    const program = draws.chance(0.1) ? draws.int(1, 9000) : state.program;
    const fresh = { ...state, program, cutsLeft: draws.int(3, 9), cutSeconds: 0 };
    return go(fresh, 'starting', 10, [{ do: 'start', point: 'part', atMs: state.dueMs }]);
  },
  starting: (state, random) => cut(state, random, []),
  cutting(state, random) {
    const draws = random('machine');
    if (draws.chance(0.003)) return breakOff(state, draws);
    return go({ ...state, cutsLeft: state.cutsLeft - 1 }, 'repositioning', draws.int(3, 12), []);
  },
  repositioning: (state, random) => (state.cutsLeft > 0 ? cut(state, random, []) : finishPart(state, random)),
  tool_change(state, random) {
    const actions: MachineAction[] = [
      { do: 'gauge', point: 'tool_wear', atMs: state.dueMs, value: 0, attributes: { tool: state.tool + 1 } },
    ];
    return go({ ...state, tool: state.tool + 1, wearMm: 0 }, 'idle', random('shift').int(20, 90), actions);
  },
  stopped: (state, random) => go(state, 'idle', random('shift').int(20, 300), []),
};

function switchOff(state: MachineState, shift: { toMs: number }): Next {
  const seconds = Math.max(60, (shift.toMs - state.dueMs) / 1000);
  return go(state, 'off', Math.ceil(Math.min(seconds, DAY / 1000)), []);
}

/** One stretch of cutting: current each second into the distribution, means of ten seconds as a series. */
function cut(state: MachineState, random: Streams, actions: MachineAction[]): Next {
  const draws = random('cut');
  const seconds = draws.int(2, 12) * 10;
  const level = draws.between(8, 30) * (1 + state.wearMm * 1.2);
  const observed: number[] = [];
  const means: number[] = [];
  for (let second = 0; second < seconds; second++) {
    observed.push(Math.round(Math.max(0.5, draws.bell(level, level * 0.12)) * 10) / 10);
    if (second % 10 === 9) means.push(meanOfLastTen(observed));
  }
  const endMs = state.dueMs + seconds * 1000;
  actions.push({
    do: 'samples',
    point: 'spindle_current',
    atMs: state.dueMs + 10_000,
    periodMs: 10_000,
    values: means,
  });
  actions.push({ do: 'observe', point: 'spindle_load', atMs: endMs, values: observed });
  const wearMm = state.wearMm + seconds * WEAR_PER_SECOND_MM * (level / 15) * draws.between(0.7, 1.3);
  const worn = { ...state, wearMm, cutSeconds: state.cutSeconds + seconds };
  return go(worn, 'cutting', seconds, actions);
}

function meanOfLastTen(values: readonly number[]): number {
  let sum = 0;
  for (let i = values.length - 10; i < values.length; i++) sum += values[i]!;
  return Math.round(sum) / 10;
}

function finishPart(state: MachineState, random: Streams): Next {
  const draws = random('machine');
  const atMs = state.dueMs;
  const { program, tool } = state;
  const outcome = draws.chance(0.01 + state.wearMm * 0.05) ? 'scrap' : 'good';
  const actions: MachineAction[] = [
    { do: 'end', point: 'part', atMs, attributes: { program, cut_seconds: state.cutSeconds, outcome, tool } },
    { do: 'count', point: 'parts', atMs, by: 1 },
    {
      do: 'gauge',
      point: 'tool_wear',
      atMs,
      value: Math.round(state.wearMm * 1000) / 1000,
      attributes: { tool },
    },
  ];
  return go(state, 'idle', draws.int(15, 90), actions);
}

/** An alarm in the middle of a part, which is scrap then; a broken tool counts as worn out. */
function breakOff(state: MachineState, draws: Random): Next {
  const broken = draws.chance(0.4);
  const { program, tool } = state;
  const attributes = { program, cut_seconds: state.cutSeconds, outcome: 'scrap', tool } as const;
  const actions: MachineAction[] = [{ do: 'end', point: 'part', atMs: state.dueMs, attributes }];
  const after = {
    ...state,
    cutsLeft: 0,
    wearMm: broken ? Math.max(state.wearMm, WORN_OUT_MM) : state.wearMm,
  };
  return stop(after, broken ? 'tool_broken' : draws.pick(['alarm', 'operator'] as const), draws, actions);
}

function stop(
  state: MachineState,
  reason: 'alarm' | 'material' | 'operator' | 'tool_broken',
  draws: Random,
  actions: MachineAction[],
): Next {
  actions.push({ do: 'event', point: 'stop', atMs: state.dueMs, attributes: { reason } });
  return go(state, 'stopped', draws.int(60, 1800), actions);
}
