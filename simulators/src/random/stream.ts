/**
 * Random numbers that are the same on every machine and in every Node version.
 *
 * One stream per (seed, device, purpose): adding a device, or a draw for one purpose, changes no other stream.
 * Algorithm: the text `seed/device/purpose` is hashed to 128 bits by cyrb128 (32-bit multiplications), which seed
 * sfc32 (Chris Doty-Humphrey's small fast counter generator, 32-bit variant) after 15 steps of warming up.
 * Only 32-bit integer operations and exact IEEE arithmetic: no Math.log, Math.cos or Math.exp, whose last digit may differ.
 */

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform in [min, max). */
  between(min: number, max: number): number;
  /** Uniform integer in min..max, both included. */
  int(min: number, max: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of a non-empty list. */
  pick<T>(list: readonly T[]): T;
  /** Bell-shaped (sum of four uniforms): never further than 3.47 standard deviations from the mean. */
  bell(mean: number, deviation: number): number;
}

/** The streams of one device, one per purpose, each made when first asked for. */
export type Streams = (purpose: string) => Random;

type State128 = [number, number, number, number];

function cyrb128(text: string): State128 {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 597399067);
    b = c ^ Math.imul(b ^ unit, 2869860233);
    c = d ^ Math.imul(c ^ unit, 951274213);
    d = a ^ Math.imul(d ^ unit, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [(a ^ b ^ c ^ d) >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

function sfc32(state: State128): () => number {
  let [a, b, c, counter] = state;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
}

const WARM_UP_STEPS = 15;
const SQRT_3 = Math.sqrt(3);

/** The stream of one device for one purpose. */
export function stream(seed: number | string, device: string, purpose: string): Random {
  const next = sfc32(cyrb128(`${seed}/${device}/${purpose}`));
  for (let i = 0; i < WARM_UP_STEPS; i++) next();
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (p) => next() < p,
    pick: (list) => list[Math.floor(next() * list.length)]!,
    bell: (mean, deviation) => mean + (next() + next() + next() + next() - 2) * SQRT_3 * deviation,
  };
}

/** All streams of one device. */
export function streamsOf(seed: number | string, device: string): Streams {
  const made = new Map<string, Random>();
  return (purpose) => {
    let found = made.get(purpose);
    if (found === undefined) {
      found = stream(seed, device, purpose);
      made.set(purpose, found);
    }
    return found;
  };
}

/** A copy in an order that `random` draws. */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const rest = [...list];
  const result: T[] = [];
  while (rest.length > 0) result.push(...rest.splice(random.int(0, rest.length - 1), 1));
  return result;
}
