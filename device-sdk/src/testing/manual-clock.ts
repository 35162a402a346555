import type { ClockPort, WallTime } from '../core/index.ts';

export interface ManualClock extends ClockPort {
  /** Moves time on. */
  advance(ms: number): void;
  /** Time of day from now on; null = the device has none. It goes on with `advance`. */
  setWall(wall: WallTime | null): void;
  /** A new boot: uptime starts at 0 again, time of day goes on. */
  restart(): void;
}

/** A clock that a test moves. Starts at uptime 0, without time of day unless one is given. */
export function manualClock(wall: WallTime | null = null): ManualClock {
  let uptime = 0;
  let given = wall;
  let givenAt = 0;
  return {
    uptimeMs: () => uptime,
    wall: () => (given === null ? null : { ...given, unixMs: given.unixMs + (uptime - givenAt) }),
    advance: (ms) => {
      uptime += ms;
    },
    setWall: (next) => {
      given = next;
      givenAt = uptime;
    },
    restart: () => {
      givenAt -= uptime;
      uptime = 0;
    },
  };
}
