import { bytesItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** Asks for a model that is known by its hash only; travels either way. */
export interface ModelReqMessage extends Envelope {
  kind: typeof Kind.modelReq;
  modelHash: Uint8Array;
}

export const modelReqSpec = defineMessage<ModelReqMessage>(
  Kind.modelReq,
  [{ label: Label.modelHash, name: 'modelHash', type: bytesItem(4, 32), optional: false }],
  nothingToCheck,
);
