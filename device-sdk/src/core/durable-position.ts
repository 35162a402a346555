import type { Syncer } from './sync.ts';

/** How far something that only grows has become durable: a lane, counted in records; debts, by their ids. */
export interface DurablePosition {
  value(): number;
  /** It was written up to here just now. */
  moved(position: number): void;
}

interface Step {
  stamp: number;
  position: number;
}

/** `found` at a start: the run before may have ended without a sync, the first one of this run covers it. */
export function createDurablePosition(syncer: Syncer, found: number): DurablePosition {
  let steps: Step[] = [{ stamp: syncer.stamp(), position: found }];
  let durable = 0;
  return {
    value: function (): number {
      let passed = 0;
      while (passed < steps.length && syncer.isDurable(steps[passed].stamp))
        durable = steps[passed++].position;
      if (passed > 0) steps = steps.slice(passed);
      return durable;
    },
    moved: function (position: number): void {
      const stamp = syncer.stamp();
      const last = steps[steps.length - 1];
      if (last !== undefined && last.stamp === stamp) last.position = position;
      else steps.push({ stamp: stamp, position: position });
    },
  };
}
