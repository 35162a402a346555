import type { Choice } from '../choices.ts';
import { bytesItem, msItem, subjectItem, type UintMap, u32Item, uintMapItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';
import { choiceItem } from './choice.ts';

/** The full set of a subject's choices, never a patch. */
export interface ConsentMessage extends Envelope {
  kind: typeof Kind.consent;
  epoch: number;
  subject: number;
  /** By purpose. */
  choices: UintMap<Choice>;
  /** Unix ms. */
  validUntilMs?: number;
  /** Of the consent record. */
  recordHash?: Uint8Array;
}

export const consentSpec = defineMessage<ConsentMessage>(
  Kind.consent,
  [
    { label: Label.epoch, name: 'epoch', type: u32Item, optional: false },
    { label: Label.subject, name: 'subject', type: subjectItem, optional: false },
    { label: Label.choices, name: 'choices', type: uintMapItem(choiceItem, 0), optional: false },
    { label: Label.validUntilMs, name: 'validUntilMs', type: msItem, optional: true },
    { label: Label.recordHash, name: 'recordHash', type: bytesItem(16, 32), optional: true },
  ],
  nothingToCheck,
);
