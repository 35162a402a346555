import { type Clock, clockItem, type UintMap, uintMapItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';
import { type Value, valueItem } from '../values.ts';

/** Heartbeat, made when it is sent: the gateway learns the clock offset from it. */
export interface StatusMessage extends Envelope, UpHead {
  kind: typeof Kind.status;
  clock?: Clock;
  /** Device state by number. */
  state: UintMap<Value>;
}

export const statusSpec = defineUpMessage<StatusMessage>(
  Kind.status,
  [
    { label: Label.clock, name: 'clock', type: clockItem, optional: true },
    { label: Label.state, name: 'state', type: uintMapItem(valueItem, 1), optional: false },
  ],
  nothingToCheck,
);
