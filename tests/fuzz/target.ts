import type { FuzzRandom } from './random.ts';

/** Something that takes bytes or text from outside. */
export interface FuzzTarget {
  /** Makes one input and lets it be taken. Throws when a property does not hold. */
  once(random: FuzzRandom): void | Promise<void>;
  /** What was counted, for the report: how many inputs went how far. */
  counts(): Record<string, number>;
  close(): Promise<void>;
}

/** Counters by name. */
export function tally(): { add(name: string): void; all(): Record<string, number> } {
  const counts: Record<string, number> = {};
  return {
    add: (name) => {
      counts[name] = (counts[name] ?? 0) + 1;
    },
    all: () => counts,
  };
}

/** A property that does not hold. */
export function hold(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
