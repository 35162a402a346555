import type { Clock, Scheduler } from '../domain/ports.ts';

/** Time that stands still until a test moves it, for work that reaches the disk or a server: passing time waits for it. */
export interface AwaitedTime {
  clock: Clock;
  scheduler: Scheduler;
  /** Moves on, does what has become due, and waits until it is done. */
  pass(ms: number): Promise<void>;
}

export function awaitedTime(startMs: number): AwaitedTime {
  let nowMs = startMs;
  const tasks = new Set<{ atMs: number; task: () => unknown }>();
  return {
    clock: { nowMs: () => nowMs, monotonicMs: () => nowMs - startMs },
    scheduler: {
      soon: (task) => void task(),
      after(delayMs, task) {
        const entry = { atMs: nowMs + delayMs, task };
        tasks.add(entry);
        return () => void tasks.delete(entry);
      },
    },
    async pass(ms) {
      nowMs += ms;
      for (const entry of [...tasks].filter(({ atMs }) => atMs <= nowMs)) {
        tasks.delete(entry);
        await entry.task();
      }
    },
  };
}
