/** Something happened outside: whoever waits may look again. */
export interface Bell {
  ring(): void;
  /** Resolves with the next ring, or after `ms`; at once when it rang since the last time. */
  heard(ms: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    heard: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(go, rung ? 0 : ms);
        function go() {
          clearTimeout(timer);
          rung = false;
          wake = () => {};
          resolve();
        }
        wake = go;
      }),
  };
}
