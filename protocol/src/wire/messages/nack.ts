import { Code, type CodeNumber } from '../codes.ts';
import { type Boot, bootItem, type ItemType, msItem, textItem, u32Item, uintItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** Refused; the class of the code says what the device does (`codeClass`). */
export interface NackMessage extends Envelope {
  kind: typeof Kind.nack;
  seq?: number;
  boot?: Boot;
  code: CodeNumber;
  retryAfterMs?: number;
  /** For a person. */
  detail?: string;
}

export const nackSpec = defineMessage<NackMessage>(
  Kind.nack,
  [
    { label: Label.seq, name: 'seq', type: u32Item, optional: true },
    { label: Label.boot, name: 'boot', type: bootItem, optional: true },
    {
      label: Label.code,
      name: 'code',
      type: uintItem(1, Code.keyExpired) as ItemType<CodeNumber>,
      optional: false,
    },
    { label: Label.retryAfterMs, name: 'retryAfterMs', type: msItem, optional: true },
    { label: Label.detail, name: 'detail', type: textItem(0, 64), optional: true },
  ],
  nothingToCheck,
);
