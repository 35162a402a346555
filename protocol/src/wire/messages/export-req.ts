import { bytesItem, type Range, rangeItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { limits } from '../limits.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** Asks a device for what it holds (Data Act, local access). */
export interface ExportReqMessage extends Envelope {
  kind: typeof Kind.exportReq;
  requestId: Uint8Array;
  /** Unix ms; absent = everything. */
  range?: Range;
}

export const exportReqSpec = defineMessage<ExportReqMessage>(
  Kind.exportReq,
  [
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.range, name: 'range', type: rangeItem(limits.maxInt), optional: true },
  ],
  nothingToCheck,
);
