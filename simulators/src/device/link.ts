import type { TransportPort } from '@usewire/device-sdk/core';

/** A transport that tells whether something real is under way, so that virtual time can stand still for it. */
export interface Link extends TransportPort {
  /** True while an answer from outside is awaited in real time. */
  busy(): boolean;
  /** Resolves when nothing is under way any more; rejects with `StuckError` when that takes too long. */
  settled(): Promise<void>;
  /** Resolves when a closed connection has left nothing behind. */
  closed(): Promise<void>;
}

/** The other side did not answer in real time. */
export class StuckError extends Error {}

/** What went over a link. */
export interface Traffic {
  messages: number;
  acked: number;
  /** PUBLISH packets of up messages as MQTT 3.1.1 counts them, fixed header and topic included. */
  bytesOnWire: number;
  /** Only the messages themselves. */
  payloadBytes: number;
}

/** Bytes of an MQTT 3.1.1 PUBLISH at QoS 1. */
export function publishBytes(topic: string, payloadBytes: number): number {
  const remaining = 2 + topic.length + 2 + payloadBytes;
  let lengthBytes = 1;
  for (let left = remaining; left > 127; left >>= 7) lengthBytes += 1;
  return 1 + lengthBytes + remaining;
}
