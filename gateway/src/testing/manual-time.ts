import type { Clock, Scheduler } from '../domain/ports.ts';

export interface ManualTime extends Clock, Scheduler {
  /** Runs what is due, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Runs everything that was asked for "soon", until there is no more. */
  settle(): Promise<void>;
}

/** Time that stands still until a test moves it. */
export function manualTime(startMs = 1_700_000_000_000): ManualTime {
  let now = startMs;
  let soon: (() => void)[] = [];
  let timers: { at: number; task: () => void }[] = [];
  const settle = async () => {
    for (;;) {
      // More than the longest chain of promises between two turns of a forwarder.
      for (let i = 0; i < 20; i++) await Promise.resolve();
      const tasks = soon;
      soon = [];
      if (tasks.length === 0) return;
      for (const task of tasks) task();
    }
  };
  return {
    nowMs: () => now,
    monotonicMs: () => now - startMs,
    soon: (task) => void soon.push(task),
    after(delayMs, task) {
      const timer = { at: now + delayMs, task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    settle,
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        now = Math.max(now, next.at);
        next.task();
        await settle();
      }
      now = until;
    },
  };
}
