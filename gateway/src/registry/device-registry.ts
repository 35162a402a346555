import type { DeviceId } from '../domain/ports.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';
import type { Done, Issued } from './answers.ts';
import {
  type DeviceSecrets,
  type HistoryEntry,
  type RegisteredDevice,
  registryRows,
} from './registry-rows.ts';
import { inTransaction, openRegistryFile } from './schema.ts';
import { type SealDesk, sealDesk } from './seal-desk.ts';
import { masterKeyPath, sealVault, type Vault } from './seal-vault.ts';
import { claimKey, type KeptSecret, keep, newClaimToken, newToken } from './secrets.ts';

/** What operators do with devices. Every change is durable when the call returns, and is in the history. */
export interface DeviceRegistry {
  /** The token is in the answer and nowhere else. `again` lets a revoked device back in. */
  add(id: DeviceId, options?: { again?: boolean }): Issued;
  /** The token before stays good until the new one is first used, at most `graceMs`. */
  rotate(id: DeviceId, graceMs: number): Issued;
  /** Also of a device that was never added: that keeps out one that has a certificate. */
  revoke(id: DeviceId): Done;
  /** One use, by one device; `device` null = whichever of the tenant that is not registered yet. */
  claimToken(tenant: string, device: string | null, ttlMs: number): string;
  find(id: DeviceId): RegisteredDevice | null;
  list(tenant?: string): RegisteredDevice[];
  history(id: DeviceId): HistoryEntry[];
  readonly seals: SealDesk;
  close(): void;
}

const CLI_WAIT_MS = 5_000;

/** `masterKeyFile`: of the seals; default in `directory`. Throws what the file system or SQLite throws. */
export function openDeviceRegistry(
  directory: string,
  nowMs: () => number,
  { by = 'command line', masterKeyFile }: { by?: string; masterKeyFile?: string } = {},
): DeviceRegistry {
  const vault = sealVault(masterKeyPath(directory, masterKeyFile));
  return deviceRegistryOn(openRegistryFile(directory, CLI_WAIT_MS), { nowMs, by, vault });
}

interface RegistryParts {
  nowMs: () => number;
  by: string;
  vault: Vault;
}

function deviceRegistryOn(db: SqlDatabase, { nowMs, by, vault }: RegistryParts): DeviceRegistry {
  const rows = registryRows(db);

  /** Reads, decides, writes and tells in one transaction. */
  function change<T>(
    id: DeviceId,
    what: string,
    decide: (before: DeviceSecrets | null) => Change<T>,
  ): T | Refusal {
    return inTransaction(db, () => {
      const decided = decide(rows.find(id));
      if ('problem' in decided) return { ok: false, problem: `${id.tenant}.${id.device} ${decided.problem}` };
      rows.put(decided.row);
      rows.tell({ ...id, atMs: nowMs(), what, by });
      return decided.answer;
    });
  }

  return {
    add: (id, { again = false } = {}) =>
      change<Issued>(id, 'added', (before) => {
        if (before?.status === 'active')
          return { problem: 'has a token already; "rotate" gives it a new one.' };
        if (before !== null && !again) return { problem: 'was revoked; "add --again" lets it back in.' };
        const token = newToken();
        return { row: newDevice(id, nowMs(), keep(token)), answer: { ok: true, token } };
      }),
    rotate: (id, graceMs) =>
      change<Issued>(id, 'rotated', (before) => {
        if (before === null) return { problem: 'is not registered; "add" does that.' };
        if (before.status === 'revoked') return { problem: 'was revoked; "add --again" lets it back in.' };
        const token = newToken();
        return { row: rotated(before, keep(token), nowMs(), graceMs), answer: { ok: true, token } };
      }),
    revoke: (id) =>
      change<Done>(id, 'revoked', (before) => {
        if (before?.status === 'revoked') return { problem: 'is revoked already.' };
        return { row: revoked(before ?? newDevice(id, nowMs(), null), nowMs()), answer: { ok: true } };
      }),
    claimToken(tenant, device, ttlMs) {
      const claim = newClaimToken();
      const atMs = nowMs();
      inTransaction(db, () => {
        rows.addClaim(claimKey(claim), tenant, device, { atMs, untilMs: atMs + ttlMs });
        rows.tell({ tenant, device: device ?? '', atMs, what: 'claim token made', by });
      });
      return claim;
    },
    find: (id) => {
      const row = rows.find(id);
      if (row === null) return null;
      const { current: _current, old: _old, ...shown } = row;
      return shown;
    },
    list: rows.list,
    history: rows.history,
    seals: sealDesk(db, { devices: rows, vault, nowMs, by }),
    close: () => db.close(),
  };
}

type Refusal = { ok: false; problem: string };
type Change<T> = { problem: string } | { row: DeviceSecrets; answer: T };

/** A device that begins now. */
export function newDevice(id: DeviceId, nowMs: number, current: KeptSecret | null): DeviceSecrets {
  const times = { createdMs: nowMs, rotatedMs: null, revokedMs: null, oldTokenUntilMs: null };
  return { tenant: id.tenant, device: id.device, status: 'active', ...times, current, old: null };
}

/** A device may be rotated again before it has used its new token: then the one it uses stays the old one. */
function rotated(before: DeviceSecrets, current: KeptSecret, nowMs: number, graceMs: number): DeviceSecrets {
  const isUnused = before.old !== null && (before.oldTokenUntilMs ?? 0) > nowMs;
  const old = graceMs > 0 ? (isUnused ? before.old : before.current) : null;
  return {
    ...before,
    current,
    old,
    rotatedMs: nowMs,
    oldTokenUntilMs: old === null ? null : nowMs + graceMs,
  };
}

function revoked(before: DeviceSecrets, nowMs: number): DeviceSecrets {
  return { ...before, status: 'revoked', revokedMs: nowMs, old: null, oldTokenUntilMs: null };
}
