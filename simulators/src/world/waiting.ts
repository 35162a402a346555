import { StuckError } from '../device/link.ts';

/** Counts what is under way in real time and lets one wait for the end of it. */
export interface Waiting {
  begin(): void;
  end(): void;
  /** Forgets everything that was begun. */
  reset(): void;
  busy(): boolean;
  settled(): Promise<void>;
}

/** `patienceMs`: real time without any answer before it is called stuck. */
export function createWaiting(what: string, patienceMs: number): Waiting {
  let open = 0;
  let timer: NodeJS.Timeout | undefined;
  let waiters: { resolve(): void; reject(error: Error): void }[] = [];
  const rest = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const done = waiters;
    waiters = [];
    for (const waiter of done) waiter.resolve();
  };
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const stuck = waiters;
      waiters = [];
      for (const waiter of stuck) waiter.reject(new StuckError(`${what}: no answer for ${patienceMs} ms`));
    }, patienceMs);
  };
  return {
    begin() {
      open += 1;
    },
    end() {
      if (open > 0) open -= 1;
      if (open === 0) rest();
      else if (waiters.length > 0) watch();
    },
    reset() {
      open = 0;
      rest();
    },
    busy: () => open > 0,
    settled() {
      if (open === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiters.push({ resolve, reject });
        watch();
      });
    },
  };
}
