import type { ClockPort, WallTime } from './ports.ts';

/** Uptime that never steps back, and time of day from the device or, when it has none, from the gateway. */
export interface DeviceClock {
  uptimeMs(): number;
  wall(): WallTime | null;
  /** The gateway's time of day, when the device has none of its own. */
  learn(unixMs: number, boundMs: number | undefined): void;
}

/** Synced by the gateway (label 6 of SPEC.md). */
const learnedQuality = 3;

export function createClock(port: ClockPort): DeviceClock {
  let lastMs = 0;
  let learned: WallTime | null = null;
  let learnedAtMs = 0;
  // A port that steps back (a suspended board) must not make records travel in time.
  const uptimeMs = (): number => {
    lastMs = Math.max(lastMs, Math.floor(port.uptimeMs()));
    return lastMs;
  };
  return {
    uptimeMs,
    wall: () => {
      const own = port.wall();
      if (own !== null || learned === null) return own;
      const unixMs = learned.unixMs + uptimeMs() - learnedAtMs;
      return { unixMs, quality: learned.quality, boundMs: learned.boundMs };
    },
    learn: (unixMs, boundMs) => {
      learned = { unixMs, quality: learnedQuality, boundMs };
      learnedAtMs = uptimeMs();
    },
  };
}
