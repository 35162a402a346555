import { encodeModel, type Model, type ModelTable, modelTable, restoreModel } from '@usewire/protocol/model';
import { getChecked, putChecked, toHex } from './boot.ts';
import type { StoragePort } from './ports.ts';

/** The running model, and the one that ran before an update: its rows and messages may still be here. */
export interface Models {
  table: ModelTable;
  /** The table for the first 8 bytes of a hash, or null. */
  tableFor(hash: Uint8Array): ModelTable | null;
  /** Canonical bytes of all that are known. */
  all(): Uint8Array[];
  /** The canonical bytes and whole hash for the first bytes of a hash, or null. */
  bytesFor(hash: Uint8Array): { hash: Uint8Array; model: Uint8Array } | null;
}

const currentKey = 'model';
const formerKey = 'model-before';

interface Known {
  table: ModelTable;
  bytes: Uint8Array;
}

function readKnown(storage: StoragePort, key: string): Known | null {
  const bytes = getChecked(storage, key);
  if (!bytes) return null;
  const decoded = restoreModel(bytes);
  return decoded.ok ? { table: modelTable(decoded.value), bytes: new Uint8Array(bytes) } : null;
}

function startsWith(whole: Uint8Array, start: Uint8Array): boolean {
  return toHex(whole.subarray(0, start.length)) === toHex(start);
}

export function createModels(storage: StoragePort, model: Model): Models {
  const current: Known = { table: modelTable(model), bytes: encodeModel(model) };
  const known = [current];
  const stored = readKnown(storage, currentKey);
  if (stored === null || !startsWith(stored.table.hash, current.table.hash)) {
    if (stored !== null) putChecked(storage, formerKey, stored.bytes);
    putChecked(storage, currentKey, current.bytes);
  }
  const former = readKnown(storage, formerKey);
  if (former !== null) known.push(former);
  const find = function (hash: Uint8Array): Known | null {
    for (let i = 0; i < known.length; i++) {
      if (startsWith(known[i].table.hash, hash)) return known[i];
    }
    return null;
  };
  return {
    table: current.table,
    tableFor: function (hash: Uint8Array): ModelTable | null {
      const found = find(hash);
      return found === null ? null : found.table;
    },
    all: function (): Uint8Array[] {
      return known.map(function (each) {
        return each.bytes;
      });
    },
    bytesFor: function (hash: Uint8Array): { hash: Uint8Array; model: Uint8Array } | null {
      const found = find(hash);
      return found === null ? null : { hash: found.table.hash, model: found.bytes };
    },
  };
}
