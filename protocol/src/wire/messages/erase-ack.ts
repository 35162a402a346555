import { bytesItem, u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** Done, with the number of records deleted. */
export interface EraseAckMessage extends Envelope, UpHead {
  kind: typeof Kind.eraseAck;
  requestId: Uint8Array;
  count: number;
}

export const eraseAckSpec = defineUpMessage<EraseAckMessage>(
  Kind.eraseAck,
  [
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.count, name: 'count', type: u32Item, optional: false },
  ],
  nothingToCheck,
);
