import { type Meter, meter } from '../domain/pace.ts';

/** What one device may send, over all its connections. */
export interface DevicePaceLimits {
  messagesPerSecond: number;
  burstMessages: number;
  bytesPerSecond: number;
  burstBytes: number;
}

export interface DevicePace {
  /** Counts a frame that was taken; answers with the ms until the next one, 0 = at once. */
  take(cost: number, bytes: number, nowMs: number): number;
}

/** A device that is held back is read again after this at the earliest: not a timer for every message. */
const LEAST_PAUSE_MS = 50;
/** The broker's way costs several times what the guard's does. */
const BROKER_COST = 4;
/** What a message costs more that has to be put aside: it is written with its reason, and older ones make room for it. */
export const NONSENSE_COST = 20;
/** Of filters in a SUBSCRIBE or UNSUBSCRIBE: the broker works on each, and four bytes make one. */
const BYTES_A_FILTER = 8;

/** Counted by device and not by connection: whoever connects again has no new burst. */
export function devicePace(limits: DevicePaceLimits): DevicePace {
  const messages: Meter = meter({ perSecond: limits.messagesPerSecond, burst: limits.burstMessages });
  const bytes: Meter = meter({ perSecond: limits.bytesPerSecond, burst: limits.burstBytes });
  return {
    take(cost, size, nowMs) {
      const forMessages = messages.take(cost, nowMs);
      const forBytes = bytes.take(size, nowMs);
      const waitMs = forMessages > forBytes ? forMessages : forBytes;
      return waitMs > 0 && waitMs < LEAST_PAUSE_MS ? LEAST_PAUSE_MS : waitMs;
    },
  };
}

/** A frame that goes to the broker, in messages. */
export function costAtBroker(header: number, bytes: number): number {
  const type = header >> 4;
  const isAboutFilters = type === SUBSCRIBE || type === UNSUBSCRIBE;
  return BROKER_COST + (isAboutFilters ? Math.floor(bytes / BYTES_A_FILTER) : 0);
}

const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
