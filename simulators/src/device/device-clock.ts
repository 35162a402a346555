import type { WallTime } from '@usewire/device-sdk/core';

/** What a device thinks the time of day is. */
export interface DeviceClock {
  wall(trueMs: number): WallTime | null;
  /** From now on it runs free and is this wrong. */
  setWrong(byMs: number): void;
  /** From now on it is `byMs` further off than it was, and knows that it is not synced; 0 in sum makes it what it was. */
  shift(byMs: number): void;
  /** From now on there is none. */
  remove(): void;
}

/** What a synced clock promises. */
const BOUND_MS = 100;

/** A synced clock that is right. */
export function createDeviceClock(): DeviceClock {
  let kind: 'synced' | 'free' | 'none' = 'synced';
  let wrongByMs = 0;
  let shiftedByMs = 0;
  return {
    wall(trueMs) {
      if (kind === 'none') return null;
      const offMs = wrongByMs + shiftedByMs;
      if (kind === 'free' || offMs !== 0) return { unixMs: trueMs + offMs, quality: 1 };
      return { unixMs: trueMs, quality: 3, boundMs: BOUND_MS };
    },
    setWrong(byMs) {
      kind = 'free';
      wrongByMs = byMs;
    },
    shift(byMs) {
      shiftedByMs += byMs;
    },
    remove() {
      kind = 'none';
    },
  };
}
