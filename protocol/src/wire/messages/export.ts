import { boolItem, bytesItem, u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';
import { recordsItem } from '../records-item.ts';

/** One part of the answer; the records are as in data and may be none. */
export interface ExportMessage extends Envelope, UpHead {
  kind: typeof Kind.export;
  /** Records cannot be read without their model. */
  modelHash: Uint8Array;
  /** The encoded item of label 7, untouched. */
  records: Uint8Array;
  requestId: Uint8Array;
  /** From 0. */
  part: number;
  last: boolean;
}

export const exportSpec = defineUpMessage<ExportMessage>(
  Kind.export,
  [
    { label: Label.modelHash, name: 'modelHash', type: bytesItem(4, 4), optional: false },
    { label: Label.records, name: 'records', type: recordsItem(0), optional: false },
    { label: Label.requestId, name: 'requestId', type: bytesItem(16, 16), optional: false },
    { label: Label.part, name: 'part', type: u32Item, optional: false },
    { label: Label.last, name: 'last', type: boolItem, optional: false },
  ],
  nothingToCheck,
);
