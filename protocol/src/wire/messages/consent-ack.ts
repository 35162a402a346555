import { subjectItem, u32Item } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** The device acts on an epoch of a subject from now on. */
export interface ConsentAckMessage extends Envelope, UpHead {
  kind: typeof Kind.consentAck;
  epoch: number;
  subject: number;
}

export const consentAckSpec = defineUpMessage<ConsentAckMessage>(
  Kind.consentAck,
  [
    { label: Label.epoch, name: 'epoch', type: u32Item, optional: false },
    { label: Label.subject, name: 'subject', type: subjectItem, optional: false },
  ],
  nothingToCheck,
);
