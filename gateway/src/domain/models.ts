import { compileModel, type DataChecker } from '@usewire/protocol/check';
import { decodeModel, type Model, type ModelTable, modelTable, sha256 } from '@usewire/protocol/model';
import type { Sensitivity } from '@usewire/protocol/seal';
import { toHex } from '@usewire/protocol/wire';

export interface KnownModel {
  /** 64 hex digits. */
  hash: string;
  /** Canonical CBOR of the model. */
  bytes: Uint8Array;
  model: Model;
  table: ModelTable;
  checker: DataChecker;
  /** The highest of its points: it decides how messages have to be sealed. */
  sensitivity: Sensitivity;
}

type ModelRefusal = { ok: false; reason: string };

/** Product models by their hash, each compiled once. */
export interface Models {
  /** By hex of the 4-byte hash in data messages. */
  find(shortHash: string): KnownModel | undefined;
  /** `bytes` = canonical model. Adding a known one again is fine (`isNew` false). */
  add(bytes: Uint8Array): { ok: true; model: KnownModel; isNew: boolean } | ModelRefusal;
  all(): KnownModel[];
}

/** `maxModels` bounds what devices can make the gateway keep. */
export function modelRegistry(maxModels: number): Models {
  const models = new Map<string, KnownModel>();

  function add(given: Uint8Array): ReturnType<Models['add']> {
    // A copy: the given bytes may be a view into a socket's buffer.
    const bytes = given.slice();
    const hash = toHex(sha256(bytes));
    const short = hash.slice(0, 8);
    const known = models.get(short);
    if (known !== undefined && known.hash === hash) return { ok: true, model: known, isNew: false };
    // Data messages carry 4 bytes of the hash: two models that share them could not be told apart.
    if (known !== undefined) return refuse(`the first 4 bytes of its hash are those of model ${known.hash}`);
    if (models.size >= maxModels) return refuse(`there are ${maxModels} models already (path.maxModels)`);
    const decoded = decodeModel(bytes);
    if (!decoded.ok) return refuse(`it is no model: ${decoded.error.detail}`);
    const table = modelTable(decoded.value);
    const sensitivity = highestSensitivity(decoded.value);
    const model = { hash, bytes, model: decoded.value, table, checker: compileModel(table), sensitivity };
    models.set(short, model);
    return { ok: true, model, isNew: true };
  }

  return { find: (short) => models.get(short), add, all: () => [...models.values()] };
}

const sensitivities: readonly Sensitivity[] = ['public', 'ordinary', 'personal', 'special'];

function highestSensitivity(model: Model): Sensitivity {
  const found = Object.values(model.points).map((point) => sensitivities.indexOf(point.sensitivity));
  return sensitivities[Math.max(0, ...found)]!;
}

function refuse(reason: string): ModelRefusal {
  return { ok: false, reason };
}
