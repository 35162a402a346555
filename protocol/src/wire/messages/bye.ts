import { uintItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** End of a session. The MQTT will is a bye with reason 9 (lost). */
export interface ByeMessage extends Envelope, UpHead {
  kind: typeof Kind.bye;
  reason: number;
}

export const byeSpec = defineUpMessage<ByeMessage>(
  Kind.bye,
  [{ label: Label.reason, name: 'reason', type: uintItem(0, 9), optional: false }],
  nothingToCheck,
);
