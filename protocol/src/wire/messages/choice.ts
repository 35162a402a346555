import type { Choice } from '../choices.ts';
import { type ItemType, subjectItem, type UintMap, u32Item, uintItem, uintMapItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineUpMessage, type Envelope, nothingToCheck, type UpHead } from '../message-spec.ts';

/** Granted, refused or withdrawn on the device. */
export interface ChoiceMessage extends Envelope, UpHead {
  kind: typeof Kind.choice;
  /** The epoch it was made on top of. */
  epoch: number;
  subject: number;
  /** By purpose. */
  choices: UintMap<Choice>;
}

export const choiceItem = uintItem(0, 2) as ItemType<Choice>;

export const choiceSpec = defineUpMessage<ChoiceMessage>(
  Kind.choice,
  [
    { label: Label.epoch, name: 'epoch', type: u32Item, optional: false },
    { label: Label.subject, name: 'subject', type: subjectItem, optional: false },
    { label: Label.choices, name: 'choices', type: uintMapItem(choiceItem, 1), optional: false },
  ],
  nothingToCheck,
);
