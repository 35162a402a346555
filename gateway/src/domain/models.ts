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

/** Whose devices told a model; '' is the operator, whose models are for every tenant. */
export const OPERATOR = '';

export interface OwnedModel {
  tenant: string;
  model: KnownModel;
}

export type ModelRefusal = {
  ok: false;
  cause: 'wrongHash' | 'noModel' | 'hashTaken' | 'tenantFull' | 'full';
  reason: string;
};
export type AddedModel = { ok: true; model: KnownModel; isNew: boolean } | ModelRefusal;

export interface ModelLimits {
  /** Different models that devices of all tenants may make the gateway keep. */
  maxModels: number;
  /** Of them, by the devices of one tenant: none can use up what is for all. */
  maxModelsPerTenant: number;
}

/**
 * Product models, each compiled once. Data messages name theirs by 4 bytes of its hash, and two models with the same four are found in
 * seconds: so what a device tells is known to its own tenant only, and what the operator gives comes before it, for all.
 */
export interface Models {
  /** By hex of the 4-byte hash in data messages: the operator's, else what devices of the tenant have told. */
  find(tenant: string, shortHash: string): KnownModel | undefined;
  /** A device of `tenant` tells `bytes` (canonical model) with the first bytes of its hash, in hex. Telling a known one is fine (`isNew` false). */
  tell(tenant: string, bytes: Uint8Array, hash: string): AddedModel;
  /** The operator gives it: no limit holds. */
  give(bytes: Uint8Array): AddedModel;
  /** It was kept by an earlier life, which asked for limits then. */
  restore(tenant: string, bytes: Uint8Array): AddedModel;
  all(): OwnedModel[];
}

export function modelRegistry(limits: ModelLimits): Models {
  /** By owner, then by short hash. */
  const owned = new Map<string, Map<string, KnownModel>>([[OPERATOR, new Map()]]);
  /** By hash: tenants that have the same model share what was compiled. */
  const compiled = new Map<string, KnownModel>();

  function find(tenant: string, short: string): KnownModel | undefined {
    return owned.get(OPERATOR)!.get(short) ?? owned.get(tenant)?.get(short);
  }

  /** Null when there is room. */
  function lacksRoom(tenant: string, hash: string): ModelRefusal | null {
    const { maxModels, maxModelsPerTenant } = limits;
    if ((owned.get(tenant)?.size ?? 0) >= maxModelsPerTenant) {
      const had = `devices of tenant ${tenant} have told ${maxModelsPerTenant} models already`;
      return refuse('tenantFull', `${had} (path.maxModelsPerTenant)`);
    }
    const isRoom = compiled.has(hash) || compiled.size - owned.get(OPERATOR)!.size < maxModels;
    return isRoom ? null : refuse('full', `devices have told ${maxModels} models already (path.maxModels)`);
  }

  function add(tenant: string, given: Uint8Array, hash: string, isBounded: boolean): AddedModel {
    const short = hash.slice(0, 8);
    const known = tenant === OPERATOR ? owned.get(OPERATOR)!.get(short) : find(tenant, short);
    if (known?.hash === hash) return { ok: true, model: known, isNew: false };
    // Two models of one tenant that share the 4 bytes could not be told apart.
    if (known !== undefined)
      return refuse('hashTaken', `the first 4 bytes of its hash are those of model ${known.hash}`);
    const full = isBounded ? lacksRoom(tenant, hash) : null;
    if (full !== null) return full;
    const model = compiled.get(hash) ?? compile(given, hash);
    if ('ok' in model) return model;
    compiled.set(hash, model);
    const models = owned.get(tenant) ?? new Map<string, KnownModel>();
    owned.set(tenant, models.set(short, model));
    return { ok: true, model, isNew: true };
  }

  function tell(tenant: string, bytes: Uint8Array, told: string): AddedModel {
    const hash = toHex(sha256(bytes));
    if (hash.startsWith(told)) return add(tenant, bytes, hash, true);
    return refuse('wrongHash', `label 4 is not the hash of the model, which is ${hash.slice(0, 16)}...`);
  }

  /** Messages that are stored were read with the other one: they would be read wrong from now on. */
  function give(bytes: Uint8Array): AddedModel {
    const hash = toHex(sha256(bytes));
    for (const [tenant, models] of owned) {
      const known = models.get(hash.slice(0, 8));
      if (tenant !== OPERATOR && known !== undefined && known.hash !== hash)
        return refuse(
          'hashTaken',
          `tenant ${tenant} has model ${known.hash}, whose first 4 bytes are the same`,
        );
    }
    return add(OPERATOR, bytes, hash, false);
  }

  return {
    find,
    tell,
    give,
    restore: (tenant, bytes) => add(tenant, bytes, toHex(sha256(bytes)), false),
    all: () =>
      [...owned].flatMap(([tenant, models]) => [...models.values()].map((model) => ({ tenant, model }))),
  };
}

function compile(given: Uint8Array, hash: string): KnownModel | ModelRefusal {
  // A copy: the given bytes may be a view into a socket's buffer.
  const bytes = given.slice();
  const decoded = decodeModel(bytes);
  if (!decoded.ok) return refuse('noModel', `it is no model: ${decoded.error.detail}`);
  const table = modelTable(decoded.value);
  const sensitivity = highestSensitivity(decoded.value);
  return { hash, bytes, model: decoded.value, table, checker: compileModel(table), sensitivity };
}

const sensitivities: readonly Sensitivity[] = ['public', 'ordinary', 'personal', 'special'];

function highestSensitivity(model: Model): Sensitivity {
  const found = Object.values(model.points).map((point) => sensitivities.indexOf(point.sensitivity));
  return sensitivities[Math.max(0, ...found)]!;
}

function refuse(cause: ModelRefusal['cause'], reason: string): ModelRefusal {
  return { ok: false, cause, reason };
}
