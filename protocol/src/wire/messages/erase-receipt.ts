import { bytesItem, type UintMap, u32Item, uintMapItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';
import { type Value, valueItem } from '../values.ts';

/** Erased in every place behind the device: the gateway and each of its sinks has answered. */
export interface EraseReceiptMessage extends Envelope {
  kind: typeof Kind.eraseReceipt;
  /** 0: when the last place answered, Unix ms; from 1 on a line a place, for people. */
  state?: UintMap<Value>;
  requestId: Uint8Array;
  /** Records erased, over all places. */
  count: number;
}

export const eraseReceiptSpec = defineMessage<EraseReceiptMessage>(
  Kind.eraseReceipt,
  [
    { label: Label.state, name: 'state', type: uintMapItem(valueItem, 1), optional: true },
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.count, name: 'count', type: u32Item, optional: false },
  ],
  nothingToCheck,
);
