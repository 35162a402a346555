import { bytesItem, type Clock, clockItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** The gateway's time. */
export interface TimeMessage extends Envelope {
  kind: typeof Kind.time;
  clock: Clock;
  /** Echo of the device's nonce. */
  nonce?: Uint8Array;
}

export const timeSpec = defineMessage<TimeMessage>(
  Kind.time,
  [
    { label: Label.clock, name: 'clock', type: clockItem, optional: false },
    { label: Label.nonce, name: 'nonce', type: bytesItem(8, 64), optional: true },
  ],
  nothingToCheck,
);
