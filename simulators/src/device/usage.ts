import type { Action } from '../behaviour/action.ts';
import type { RunningBehaviour } from '../behaviour/behaviour.ts';

/** What the people of one device do with it, planned as they decide it. */
export interface Usage {
  /** When they decide next; Infinity when nobody uses it any more. */
  nextMs(): number;
  step(nowMs: number): void;
  /** Plans the next sample of a run, where it has one. */
  goOn(action: Action, index: number): void;
  end(): void;
}

/** `index`: which sample of a run. */
export type Plan = (atMs: number, action: Action, index: number) => void;

/** Had since `bornMs`, switched on at `startMs`: what lies before was done, and nobody recorded it. */
export function createUsage(
  behaviour: RunningBehaviour,
  { bornMs, startMs }: { bornMs: number; startMs: number },
  plan: Plan,
): Usage {
  let nextAtMs = bornMs;
  const step = (nowMs: number): void => {
    const decided = behaviour.step(nowMs);
    for (const action of decided.actions) planFrom(startMs, action, plan);
    nextAtMs = decided.nextAtMs;
  };
  while (nextAtMs < startMs) step(nextAtMs);
  if (bornMs < startMs) for (const action of behaviour.birth(startMs)) plan(action.atMs, action, 0);
  return {
    nextMs: () => nextAtMs,
    step,
    goOn(action, index) {
      if (action.do !== 'samples' || index + 1 >= action.values.length) return;
      plan(action.atMs + (index + 1) * action.periodMs, action, index + 1);
    },
    end() {
      nextAtMs = Number.POSITIVE_INFINITY;
    },
  };
}

function planFrom(startMs: number, action: Action, plan: Plan): void {
  const { atMs } = action;
  if (atMs >= startMs) plan(atMs, action, 0);
  else if (action.do === 'samples') {
    const index = Math.ceil((startMs - atMs) / action.periodMs);
    if (index < action.values.length) plan(atMs + index * action.periodMs, action, index);
  }
}
