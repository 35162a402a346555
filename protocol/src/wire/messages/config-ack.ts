import { u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** The configuration the device runs. */
export interface ConfigAckMessage extends Envelope, UpHead {
  kind: typeof Kind.configAck;
  configId: number;
}

export const configAckSpec = defineUpMessage<ConfigAckMessage>(
  Kind.configAck,
  [{ label: Label.configId, name: 'configId', type: u32Item, optional: false }],
  nothingToCheck,
);
