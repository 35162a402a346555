import { seededRandom } from '@usewire/device-sdk/testing';

/** Chance of one power cut. The same seed and number give the same cut. */
export interface CutRandom {
  /** Whether one thing that was not synced reached the medium all the same. */
  survives(): boolean;
  /** 0 <= n < limit. */
  below(limit: number): number;
}

/**
 * One cut in four loses everything that was not synced, one in eight nothing (the process alone has died), the others a share between: each is where
 * other mistakes show.
 */
export function cutRandom(seed: number, cut: number): CutRandom {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(cut + 1, 0x85ebca6b));
  const kind = random.next();
  const share = kind < 0.25 ? 0 : kind < 0.375 ? 1 : random.next();
  return {
    survives: () => random.next() < share,
    below: (limit) => Math.floor(random.next() * limit),
  };
}
