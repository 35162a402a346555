import { bytesItem, type Clock, clockItem, msItem, subjectItem, u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';
import { recordsItem } from '../records-item.ts';

/** Records of one subject under one consent epoch. */
export interface DataMessage extends Envelope, UpHead {
  kind: typeof Kind.data;
  /** First 4 bytes of the model hash. */
  modelHash: Uint8Array;
  /** Consent epoch the records were made under. */
  epoch: number;
  clock?: Clock;
  /** The encoded item of label 7, untouched. */
  records: Uint8Array;
  /** Absent = 0 = nobody in particular; n = subjects[n - 1] of the model. */
  subject?: number;
  /** From the base to encoding; absent = 0. */
  ageMs?: number;
}

export const dataSpec = defineUpMessage<DataMessage>(
  Kind.data,
  [
    { label: Label.modelHash, name: 'modelHash', type: bytesItem(4, 4), optional: false },
    { label: Label.epoch, name: 'epoch', type: u32Item, optional: false },
    { label: Label.clock, name: 'clock', type: clockItem, optional: true },
    { label: Label.records, name: 'records', type: recordsItem(1), optional: false },
    { label: Label.subject, name: 'subject', type: subjectItem, optional: true },
    { label: Label.ageMs, name: 'ageMs', type: msItem, optional: true },
  ],
  nothingToCheck,
);
