/** Work for strangers, so much of it in each round of the event loop, however much there is. */
export interface Turns {
  /** `start` is called when it is the turn of this one; the answer takes it out of the line. */
  wait(address: string, start: () => void): () => void;
  waiting(): number;
}

/**
 * Each round serves every socket that can be read, and `perRound` strangers: a flood of logins slows down logins, on a fast machine as
 * on a slow one, and leaves the devices that are in what they need. Addresses take turns: one that floods waits behind itself.
 */
export function turns(perRound: number, soon: (task: () => void) => void): Turns {
  const lines = new Map<string, Set<() => void>>();
  let count = 0;
  let isPlanned = false;

  function plan(): void {
    if (isPlanned || count === 0) return;
    isPlanned = true;
    soon(round);
  }

  function round(): void {
    isPlanned = false;
    for (let i = 0; i < perRound && count > 0; i += 1) next();
    plan();
  }

  function next(): void {
    const [address, line] = lines.entries().next().value!;
    const [start] = line as Set<() => void>;
    // To the end of the ring: the next one is of another address.
    lines.delete(address);
    line.delete(start!);
    count -= 1;
    if (line.size > 0) lines.set(address, line);
    start!();
  }

  function leave(address: string, start: () => void): void {
    const line = lines.get(address);
    if (line?.delete(start) !== true) return;
    count -= 1;
    if (line.size === 0) lines.delete(address);
  }

  return {
    wait(address, start) {
      // A function of its own: the same one may wait twice.
      const entry = () => start();
      const line = lines.get(address) ?? new Set();
      lines.set(address, line.add(entry));
      count += 1;
      plan();
      return () => leave(address, entry);
    },
    waiting: () => count,
  };
}
