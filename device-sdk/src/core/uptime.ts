import type { ClockPort, WallTime } from './ports.ts';

/** Uptime that never steps back, and time of day from the device or, when it has none, from the gateway. */
export interface DeviceTime {
  uptimeMs(): number;
  wall(): WallTime | null;
  /** The gateway's time of day, when the device has none of its own. */
  learn(time: WallTime): void;
}

export function createDeviceTime(clock: ClockPort): DeviceTime {
  let last = 0;
  let learned: WallTime | null = null;
  let learnedAtMs = 0;
  const uptimeMs = function (): number {
    const now = Math.floor(clock.uptimeMs());
    // A port that steps back (a suspended board) must not make records travel in time.
    if (now > last) last = now;
    return last;
  };
  return {
    uptimeMs: uptimeMs,
    wall: function (): WallTime | null {
      const own = clock.wall();
      if (own !== null || learned === null) return own;
      const unixMs = learned.unixMs + (uptimeMs() - learnedAtMs);
      return { unixMs: unixMs, quality: learned.quality, boundMs: learned.boundMs };
    },
    learn: function (time: WallTime): void {
      if (clock.wall() !== null) return;
      learned = { unixMs: time.unixMs, quality: 3, boundMs: time.boundMs };
      learnedAtMs = uptimeMs();
    },
  };
}
