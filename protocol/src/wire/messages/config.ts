import { type UintMap, u32Item, uintMapItem } from '../items.ts';
import { Kind } from '../kinds.ts';
import { Label } from '../labels.ts';
import { defineMessage, type Envelope, nothingToCheck } from '../message-spec.ts';
import { configValueItem, type Value } from '../values.ts';

/** The whole desired configuration. Ids only grow. */
export interface ConfigMessage extends Envelope {
  kind: typeof Kind.config;
  configId: number;
  /** By the number of its key. */
  config: UintMap<Value | Value[]>;
}

export const configSpec = defineMessage<ConfigMessage>(
  Kind.config,
  [
    { label: Label.configId, name: 'configId', type: u32Item, optional: false },
    { label: Label.config, name: 'config', type: uintMapItem(configValueItem, 0), optional: false },
  ],
  nothingToCheck,
);
