import { bytesItem, type Range, rangeItem, subjectItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { limits } from '../limits.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** Tombstone: the device deletes what it holds of a subject. */
export interface EraseMessage extends Envelope {
  kind: typeof Kind.erase;
  /** Slot; absent = everybody. */
  subject?: number;
  requestId: Uint8Array;
  /** Unix ms; absent = everything. */
  range?: Range;
}

export const eraseSpec = defineMessage<EraseMessage>(
  Kind.erase,
  [
    { label: Label.subject, name: 'subject', type: subjectItem, optional: true },
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.range, name: 'range', type: rangeItem(limits.maxInt), optional: true },
  ],
  nothingToCheck,
);
