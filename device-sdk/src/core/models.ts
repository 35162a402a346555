import { encodeModel, type Model, type ModelTable, modelTable } from '@usewire/protocol/model';
import type { TreeMap } from '@usewire/protocol/wire';
import { bootKey } from './boot.ts';
import { getValue, putValue } from './frame.ts';
import type { StoragePort } from './ports.ts';

/** A model as a gateway asks for it. */
export interface KnownModel {
  hash: Uint8Array;
  bytes: Uint8Array;
}

/** The running model, and the one that ran before an update: its messages may still be here. */
export interface Models {
  table: ModelTable;
  /** By the first bytes of its hash, or null. */
  find(hash: Uint8Array): KnownModel | null;
}

const current = 'model';
const former = 'model-before';

function isSame(hash: Uint8Array, start: Uint8Array): boolean {
  return bootKey(hash.subarray(0, start.length)) === bootKey(start);
}

export function createModels(storage: StoragePort, model: Model): Models {
  const table = modelTable(model);
  const bytes = encodeModel(model);
  const stored = getValue(storage, current);
  if (stored === null || !isSame(stored[0] as Uint8Array, table.hash)) {
    if (stored !== null) putValue(storage, former, stored);
    putValue(storage, current, { 0: table.hash, 1: bytes });
  }
  const before: TreeMap | null = getValue(storage, former);
  return {
    table,
    find: (hash) => {
      if (isSame(table.hash, hash)) return { hash: table.hash, bytes };
      if (before === null || !isSame(before[0] as Uint8Array, hash)) return null;
      return { hash: before[0] as Uint8Array, bytes: before[1] as Uint8Array };
    },
  };
}
