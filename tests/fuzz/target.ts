import type { FuzzRandom } from './random.ts';

/** Something that takes bytes or text from outside. */
export interface FuzzTarget {
  /** Makes one input and lets it be taken. Throws when a property does not hold. */
  once(random: FuzzRandom): void | Promise<void>;
  /** What was counted, for the report: how many inputs went how far. */
  counts(): Record<string, number>;
  close(): Promise<void>;
}

/** A target whose input is one run of bytes: what was found once is kept in regressions.json and taken again by a test. */
export interface BytesTarget extends FuzzTarget {
  make(random: FuzzRandom): Uint8Array;
  take(bytes: Uint8Array): void | Promise<void>;
}

export interface BytesTargetParts {
  make(random: FuzzRandom): Uint8Array;
  take(bytes: Uint8Array, count: (name: string) => void): void | Promise<void>;
  close?(): Promise<void>;
}

export function bytesTarget({ make, take, close }: BytesTargetParts): BytesTarget {
  const counted = tally();
  return {
    make,
    take: (bytes) => take(bytes, counted.add),
    once: (random) => take(make(random), counted.add),
    counts: counted.all,
    close: close ?? (async () => {}),
  };
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
