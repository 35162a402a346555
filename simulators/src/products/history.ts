import type { Action } from '../behaviour/action.ts';
import { DAY } from '../people/calendar.ts';
import { household } from '../people/household.ts';
import { streamsOf } from '../random/stream.ts';
import { productNamed } from './index.ts';

/** 2026-03-02, a Monday, 12:00 UTC. */
export const MONDAY_NOON = Date.UTC(2026, 2, 2, 12);

/** Everything that a product's people do in `days` from Monday noon, in order of time. For tests of behaviours. */
export function history(name: string, seed: number, days: number, index = 0): Action[] {
  const product = productNamed(name);
  if (product === undefined) throw new Error(`no product ${name}`);
  const home = household(seed, index);
  const behaviour = product.start({ home, slot: 0 }, streamsOf(seed, `${name}-${index}`), MONDAY_NOON);
  const actions: Action[] = [];
  let nowMs = MONDAY_NOON;
  while (nowMs < MONDAY_NOON + days * DAY) {
    const step = behaviour.step(nowMs);
    if (step.nextAtMs <= nowMs) throw new Error(`${name} stands still at ${nowMs}`);
    for (const action of step.actions) {
      if (action.atMs < nowMs) throw new Error(`${name} acts in the past: ${JSON.stringify(action)}`);
    }
    actions.push(...step.actions);
    nowMs = step.nextAtMs;
  }
  return actions.sort((a, b) => a.atMs - b.atMs);
}

/** The actions of one point. */
export function at<D extends Action['do']>(
  actions: readonly Action[],
  kind: D,
  point: string,
): Extract<Action, { do: D }>[] {
  return actions.filter((one) => one.do === kind && one.point === point) as Extract<Action, { do: D }>[];
}
