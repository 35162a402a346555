import type { WallTime } from '@usewire/device-sdk/core';

/** What a device thinks the time of day is. */
export interface DeviceClock {
  wall(trueMs: number): WallTime | null;
  /** From now on it runs free and is this wrong. */
  setWrong(byMs: number): void;
  /** From now on there is none. */
  remove(): void;
}

/** What a synced clock promises. */
const BOUND_MS = 100;

/** A synced clock that is right. */
export function createDeviceClock(): DeviceClock {
  let kind: 'synced' | 'free' | 'none' = 'synced';
  let wrongByMs = 0;
  return {
    wall(trueMs) {
      if (kind === 'none') return null;
      if (kind === 'free') return { unixMs: trueMs + wrongByMs, quality: 1 };
      return { unixMs: trueMs, quality: 3, boundMs: BOUND_MS };
    },
    setWrong(byMs) {
      kind = 'free';
      wrongByMs = byMs;
    },
    remove() {
      kind = 'none';
    },
  };
}
