import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { sealKeyText } from '@usewire/protocol/seal';
import type { DeviceId } from '../domain/ports.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';
import type { Done, Issued } from './answers.ts';
import type { RegistryRows } from './registry-rows.ts';
import { inTransaction } from './schema.ts';
import { type SealKeyRow, sealRows } from './seal-rows.ts';
import type { Vault } from './seal-vault.ts';

export type SealLevelNumber = 1 | 2 | 3;

/** What is known of a key without the key. */
export type ShownSealKey = Pick<SealKeyRow, 'generation' | 'level' | 'createdMs' | 'usedMs' | 'untilMs'>;

/** What operators do with the seals of devices. The text of a key is in the answer and nowhere else. */
export interface SealDesk {
  /** The first key of a device; from now on its frames have to be sealed. `publicKey`: of S3, where the device made the pair itself. */
  give(id: DeviceId, level: SealLevelNumber, publicKey?: KeyObject): Issued;
  /** A new key. The one before is taken for `graceMs` more; a key that was never used is replaced at once. */
  rotate(id: DeviceId, graceMs: number, change?: { level?: SealLevelNumber; publicKey?: KeyObject }): Issued;
  /** Takes all keys away: frames without a seal are taken again, where the policy lets them. */
  remove(id: DeviceId): Done;
  /** Newest first. */
  list(id: DeviceId): ShownSealKey[];
}

interface Parts {
  devices: RegistryRows;
  vault: Vault;
  nowMs: () => number;
  by: string;
}

export function sealDesk(db: SqlDatabase, { devices, vault, nowMs, by }: Parts): SealDesk {
  const rows = sealRows(db);

  function make(id: DeviceId, generation: number, level: SealLevelNumber, publicKey?: KeyObject): Issued {
    const secret = randomBytes(32);
    const pair = level === 3 && publicKey === undefined ? generateKeyPairSync('ed25519') : null;
    const shown = publicKey ?? (pair && createPublicKey(pair.privateKey));
    rows.put({
      ...id,
      generation,
      level,
      secret: vault.lock(secret, { ...id, generation }),
      publicKey: level === 3 && shown ? shown.export({ format: 'der', type: 'spki' }) : null,
      createdMs: nowMs(),
      usedMs: null,
      untilMs: null,
    });
    return { ok: true, token: sealKeyText({ level, generation, secret, privateKey: pair?.privateKey }) };
  }

  function tell(id: DeviceId, what: string): void {
    devices.tell({ tenant: id.tenant, device: id.device, atMs: nowMs(), what, by });
  }

  return {
    give: (id, level, publicKey) =>
      inTransaction(db, () => {
        if (rows.of(id).length > 0) {
          return refuse(id, 'has seal keys already; "rotate-seal-key" gives it a new one.');
        }
        tell(id, `sealed in S${level}, key generation 1`);
        return make(id, 1, level, publicKey);
      }),
    rotate: (id, graceMs, { level, publicKey } = {}) =>
      inTransaction(db, () => {
        const [newest] = rows.of(id);
        if (newest === undefined) return refuse(id, 'has no seal key; "seal" gives it one.');
        const next = level ?? newest.level;
        const generation = newest.usedMs === null ? newest.generation : newest.generation + 1;
        rows.endBefore(id, generation, nowMs() + graceMs);
        tell(id, `new seal key, S${next}, generation ${generation}`);
        return make(id, generation, next, publicKey);
      }),
    remove: (id) =>
      inTransaction(db, () => {
        if (rows.of(id).length === 0) return refuse(id, 'has no seal key.');
        rows.remove(id);
        tell(id, 'seal keys removed');
        return { ok: true };
      }),
    list: (id) =>
      rows.of(id).map(({ generation, level, createdMs, usedMs, untilMs }) => ({
        generation,
        level,
        createdMs,
        usedMs,
        untilMs,
      })),
  };
}

function refuse({ tenant, device }: DeviceId, problem: string): { ok: false; problem: string } {
  return { ok: false, problem: `${tenant}.${device} ${problem}` };
}
