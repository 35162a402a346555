import type { SealRows } from './seal-rows.ts';

/** Numbers set aside with one write, which is a sync of the disk. */
const BLOCK = 65_536;
/** A clock in these units passes what a gateway can send, and stays below 2^53 until the year 2248. */
const UNITS_PER_MS = 1_024;

/**
 * The counter of nonces down, one for all devices: each key sees a number at most once, whatever happens (POU-SEAL-7; NIST SP 800-38C,
 * 5.3). A block is durable before its first number is used; what is left of it at a crash is given up. It starts no lower than the
 * clock, so that a registry that was restored from a backup does not count over what was used since; while nothing is restored the clock
 * may be as wrong as it likes.
 */
export function sealCounter(rows: Pick<SealRows, 'counter' | 'reserve'>, nowMs: () => number): () => bigint {
  let next = 0;
  let end = 0;
  return () => {
    if (next === end) {
      const start = Math.max(rows.counter(), Math.floor(nowMs()) * UNITS_PER_MS);
      rows.reserve(start + BLOCK);
      next = start;
      end = start + BLOCK;
    }
    next += 1;
    return BigInt(next - 1);
  };
}
