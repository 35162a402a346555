import type { Household } from '../people/household.ts';
import type { Streams } from '../random/stream.ts';
import type { Action } from './action.ts';

export interface Step<S, A = Action> {
  state: S;
  /** None before the step's time; later ones wait until their time comes. */
  actions: A[];
  /** Always later than the step's time. */
  nextAtMs: number;
}

/** Who uses a device, and which of the household's several it is. */
export interface Setting {
  home: Household;
  /** Number of this device among those of the same product in the household. */
  slot: number;
}

/**
 * People using a product: a seeded state machine over virtual time. `step` is a function of its inputs
 * (the streams being the only thing that moves) and never changes the state it was given.
 */
export interface Behaviour<S, A = Action> {
  begin(setting: Setting, random: Streams, nowMs: number): S;
  /** What the product tells of itself when it is switched on, new or in the middle of its use. */
  birth(state: S, nowMs: number): A[];
  step(state: S, random: Streams, nowMs: number): Step<S, A>;
}

/** A behaviour with its state's type hidden, so that different products stand in one list. */
export interface RunningBehaviour {
  /** Does everything due at `nowMs`. */
  step(nowMs: number): { actions: Action[]; nextAtMs: number };
  /** What the product tells of itself when it is switched on again. The first step tells it the first time. */
  birth(nowMs: number): Action[];
}

/** Binds a behaviour to one device: its setting and its streams. */
export function run<S, A extends Action>(
  behaviour: Behaviour<S, A>,
  setting: Setting,
  random: Streams,
  startMs: number,
): RunningBehaviour {
  let state = behaviour.begin(setting, random, startMs);
  let born = false;
  return {
    step(nowMs) {
      const { state: next, actions, nextAtMs } = behaviour.step(state, random, nowMs);
      const told = born ? [] : behaviour.birth(state, nowMs);
      state = next;
      born = true;
      return { actions: told.length === 0 ? actions : [...told, ...actions], nextAtMs };
    },
    birth: (nowMs) => behaviour.birth(state, nowMs),
  };
}
