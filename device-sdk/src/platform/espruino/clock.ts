import type { WallTime } from '../../core/ports.ts';

/** s between two looks at the clock beyond which it was set: the board ticks at least every 60 s. */
const mostSeconds = 100;

/** Time before this was written is no time: a board without a set clock counts from 1970 or 2000. */
const leastUnixMs = 1.7e12;

let seen = getTime();
let uptime = 0;

/**
 * Uptime out of a clock that can be set: Espruino has no other. Steps back, and forward by more than 100 s, are no time that passed;
 * a smaller step forward cannot be told from it.
 */
export function uptimeMs(): number {
  const passed = getTime() - seen;
  seen += passed;
  if (passed > 0 && passed < mostSeconds) uptime += passed * 1000;
  return uptime;
}

export function wall(): WallTime | null {
  const unixMs = getTime() * 1000;
  return unixMs > leastUnixMs ? { unixMs: unixMs, quality: 1 } : null;
}
