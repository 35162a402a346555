import type { Behaviour } from '../behaviour/behaviour.ts';
import { MINUTE } from '../people/calendar.ts';
import type { Household } from '../people/household.ts';
import type { Streams } from '../random/stream.ts';
import { type BedAction, emptySide, type Side, stepSide } from './bed-night.ts';

interface BedState {
  home: Household;
  sides: readonly [Side, Side];
}

/** A bed with two sides: nights of two people, and the comfort functions they use before sleeping. */
export const bedBehaviour: Behaviour<BedState, BedAction> = {
  begin: (setting, _random, nowMs) => ({
    home: setting.home,
    sides: [emptySide(setting.home, 0, nowMs), emptySide(setting.home, 1, nowMs)],
  }),
  birth(state, atMs) {
    // A side that is got into at this very moment says so itself.
    const known = state.sides.filter((side) => side.dueMs > atMs);
    return [
      ...known.map(
        ({ name, phase }): BedAction => ({
          do: 'state',
          point: 'occupancy',
          subject: name,
          value: phase === 'empty' ? 'empty' : 'occupied',
          atMs,
        }),
      ),
      { do: 'state', point: 'light', value: 'off', atMs },
    ];
  },
  step(state, random, nowMs) {
    const actions: BedAction[] = [];
    const step = (side: Side): Side => {
      if (side.dueMs > nowMs) return side;
      const done = stepSide(side, state.home, random);
      actions.push(...done.actions);
      if (side.phase === 'empty') actions.push(...settleIn(side, state.sides, random));
      if (done.side.phase === 'empty') actions.push(...makeFlat(done.side, state.sides, nowMs));
      return done.side;
    };
    const sides: readonly [Side, Side] = [step(state.sides[0]), step(state.sides[1])];
    return {
      state: { home: state.home, sides },
      actions,
      nextAtMs: Math.min(sides[0].dueMs, sides[1].dueMs),
    };
  },
};

/** The first to go to bed raises the head, may switch the light on and have a massage; later it all goes back. */
function settleIn(side: Side, sides: readonly [Side, Side], random: Streams): BedAction[] {
  if (sides.some((one) => one.phase !== 'empty')) return [];
  const draws = random('comfort');
  const atMs = side.dueMs;
  const evening = draws.int(6, 11) * MINUTE;
  const source = draws.pick(['remote', 'app', 'voice'] as const);
  const actions: BedAction[] = [
    {
      do: 'event',
      point: 'position',
      atMs,
      attributes: { preset: draws.pick(['tv', 'lounge', 'zero_g'] as const), source },
    },
    { do: 'count', point: 'lift_cycles', atMs, by: 1 },
    { do: 'event', point: 'position', atMs: atMs + evening, attributes: { preset: 'flat', source } },
    { do: 'count', point: 'lift_cycles', atMs: atMs + evening, by: 1 },
    {
      do: 'gauge',
      point: 'motor_temperature',
      atMs: atMs + evening,
      value: Math.round(draws.bell(31, 2) * 10) / 10,
    },
  ];
  if (draws.chance(0.6)) {
    actions.push({ do: 'state', point: 'light', atMs, value: 'low' });
    actions.push({ do: 'state', point: 'light', atMs: atMs + evening, value: 'off' });
  }
  if (draws.chance(0.35)) {
    const attributes = {
      program: draws.pick(['wave', 'pulse', 'relax'] as const),
      intensity: draws.int(1, 5),
    };
    actions.push({ do: 'start', point: 'massage', atMs: atMs + MINUTE, attributes });
    actions.push({ do: 'end', point: 'massage', atMs: atMs + MINUTE + draws.int(3, 5) * MINUTE });
  }
  return actions;
}

/** The last to get up leaves the bed flat. */
function makeFlat(side: Side, sides: readonly [Side, Side], nowMs: number): BedAction[] {
  const other = sides.find((one) => one.name !== side.name);
  if (other === undefined || other.phase !== 'empty') return [];
  return [
    { do: 'event', point: 'position', atMs: nowMs, attributes: { preset: 'flat', source: 'automatic' } },
  ];
}
