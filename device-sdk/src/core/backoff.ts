import type { RandomPort } from './ports.ts';

export interface BackoffOptions {
  minRetryMs: number;
  maxRetryMs: number;
}

/**
 * Exponential backoff with full jitter: a fleet that lost one gateway comes back spread out, not in waves.
 * `attempt` counts failures in a row, from 1.
 */
export function backoffMs(options: BackoffOptions, attempt: number, random: RandomPort): number {
  const ceiling = Math.min(options.maxRetryMs, options.minRetryMs * Math.pow(2, Math.min(attempt, 30)));
  // Never at once: an immediate second try meets the same fault.
  return Math.max(Math.round(options.minRetryMs / 10), Math.floor(random.next() * ceiling));
}
