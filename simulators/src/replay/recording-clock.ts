import type { ClockPort } from '@usewire/device-sdk/core';

/** The clock of a recorded device: it shows the recording's time of day and moves only when it is moved. */
export interface RecordingClock extends ClockPort {
  nowMs(): number;
  /** Never back. */
  moveTo(unixMs: number): void;
}

export function recordingClock(startMs: number): RecordingClock {
  let now = startMs;
  return {
    nowMs: () => now,
    moveTo(unixMs) {
      now = Math.max(now, unixMs);
    },
    uptimeMs: () => now - startMs,
    wall: () => ({ unixMs: now, quality: 3 }),
  };
}
