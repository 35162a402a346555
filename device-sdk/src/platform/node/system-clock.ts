import type { ClockPort } from '../../core/index.ts';

/** No release of this SDK ran before this date: a clock that says so was never set (2026-01-01). */
const earliestPlausibleMs = 1_767_225_600_000;

/**
 * The clock of the computer. Uptime is that of the process and never steps; time of day counts as free running (1) unless the caller knows
 * that it is kept in step (`quality: 3`), and as none when it was never set.
 */
export function systemClock(options: { quality?: 1 | 2 | 3 | 4; boundMs?: number } = {}): ClockPort {
  const startMs = performance.now();
  return {
    uptimeMs: () => performance.now() - startMs,
    wall: () => {
      const unixMs = Date.now();
      if (unixMs < earliestPlausibleMs) return null;
      const { quality = 1, boundMs } = options;
      return boundMs === undefined ? { unixMs, quality } : { unixMs, quality, boundMs };
    },
  };
}
