import { bytesItem, type Range, rangeItem, subjectItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { limits } from '../limits.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** A person asks, on the device, that what was recorded of them is erased everywhere. */
export interface EraseReqMessage extends Envelope, UpHead {
  kind: typeof Kind.eraseReq;
  /** Slot; absent = everybody. */
  subject?: number;
  /** Chosen by the device at random: the receipt comes back under it. */
  requestId: Uint8Array;
  /** Unix ms, both ends included; absent = everything. */
  range?: Range;
}

export const eraseReqSpec = defineUpMessage<EraseReqMessage>(
  Kind.eraseReq,
  [
    { label: Label.subject, name: 'subject', type: subjectItem, optional: true },
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.range, name: 'range', type: rangeItem(limits.maxInt), optional: true },
  ],
  nothingToCheck,
);
