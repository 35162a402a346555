import { createPublicKey } from 'node:crypto';
import { type KeyGeneration, keyRing } from '@usewire/protocol/seal';
import type { DeviceId, Log } from '../domain/ports.ts';
import type { DeviceSeal, SealKeys } from '../domain/seal-state.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';
import type { RegistryRows } from './registry-rows.ts';
import { sealCounter } from './seal-counter.ts';
import { type SealKeyRow, sealRows } from './seal-rows.ts';
import type { Vault } from './seal-vault.ts';

export interface SealBookPorts {
  nowMs(): number;
  log: Log;
}

/** The seals in the registry as the gateway asks for them. */
export function sealBook(
  db: SqlDatabase,
  parts: { devices: RegistryRows; vault: Vault; ports: SealBookPorts },
): SealKeys {
  const { devices, vault, ports } = parts;
  const rows = sealRows(db);
  const count = sealCounter(rows, ports.nowMs);
  const unavailable = (error: unknown) => ports.log.error('seal.unavailable', { problem: String(error) });
  return {
    of(id) {
      try {
        const kept = rows.of(id);
        if (kept.length === 0) return null;
        const isRevoked = devices.find(id)?.status === 'revoked';
        return sealOf(kept, { vault, isRevoked, nowMs: ports.nowMs() });
      } catch (error) {
        unavailable(error);
        return 'unavailable';
      }
    },
    nextCounter() {
      try {
        return count();
      } catch (error) {
        unavailable(error);
        return null;
      }
    },
    used(id, generation) {
      try {
        if (rows.of(id).some((row) => row.generation === generation && row.usedMs === null)) {
          rows.use(id, generation, ports.nowMs());
        }
      } catch (error) {
        // A disk that is full must not keep the device out; the next connection says it again.
        ports.log.warn('registry.not-written', { ...name(id), problem: String(error) });
      }
    },
  };
}

function name({ tenant, device }: DeviceId): DeviceId {
  return { tenant, device };
}

interface Facts {
  vault: Vault;
  isRevoked: boolean;
  nowMs: number;
}

function sealOf(kept: SealKeyRow[], { vault, isRevoked, nowMs }: Facts): DeviceSeal {
  const [current] = kept as [SealKeyRow];
  const generations = kept.map((row) => generationOf(row, vault, nowMs));
  const ends = kept
    .map((row) => row.untilMs ?? Number.POSITIVE_INFINITY)
    .filter((untilMs) => untilMs > nowMs);
  return {
    level: current.level,
    keys: keyRing(current.generation, generations, { revoked: isRevoked }),
    freshUntilMs: Math.min(...ends),
  };
}

function generationOf(row: SealKeyRow, vault: Vault, nowMs: number): KeyGeneration {
  const secret = vault.unlock(row.secret, row);
  if (secret === null) {
    throw new Error(
      `the master key does not open generation ${row.generation} of ${row.tenant}.${row.device}`,
    );
  }
  const key =
    row.publicKey && createPublicKey({ key: Buffer.from(row.publicKey), format: 'der', type: 'spki' });
  const expired = row.untilMs !== null && row.untilMs <= nowMs;
  return { generation: row.generation, secret, publicKey: key ?? undefined, expired };
}
