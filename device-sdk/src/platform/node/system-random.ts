import { randomFillSync } from 'node:crypto';
import type { RandomPort } from '../../core/index.ts';

export function systemRandom(): RandomPort {
  return {
    next: Math.random,
    fill: (bytes) => {
      randomFillSync(bytes);
    },
  };
}
