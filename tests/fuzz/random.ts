import { createHash } from 'node:crypto';

/** Numbers of one input: the same seed, target and number give the same input, whatever was before it. */
export interface FuzzRandom {
  /** 0 <= n < below. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Buffer;
}

export function fuzzRandom(seed: string, target: string, index: number): FuzzRandom {
  const hash = createHash('sha256').update(`${seed}/${target}/${index}`).digest();
  let state = hash.readUInt32LE(0);
  // mulberry32.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)]!,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}
