import { bytesItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { limits } from '../limits.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';

/** A whole product model; travels either way. */
export interface ModelMessage extends Envelope {
  kind: typeof Kind.model;
  modelHash: Uint8Array;
  /** Canonical CBOR of the model. */
  model: Uint8Array;
}

export const modelSpec = defineMessage<ModelMessage>(
  Kind.model,
  [
    { label: Label.modelHash, name: 'modelHash', type: bytesItem(4, 32), optional: false },
    { label: Label.model, name: 'model', type: bytesItem(1, limits.maxMessageBytes), optional: false },
  ],
  nothingToCheck,
);
