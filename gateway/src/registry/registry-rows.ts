import type { DeviceId } from '../domain/ports.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';
import type { KeptSecret } from './secrets.ts';

/** A device as operators see it. */
export interface RegisteredDevice extends DeviceId {
  status: 'active' | 'revoked';
  createdMs: number;
  rotatedMs: number | null;
  revokedMs: number | null;
  /** Until when the token before the rotation is good, too; null when it is not. */
  oldTokenUntilMs: number | null;
}

/** With what is kept of its secrets. */
export interface DeviceSecrets extends RegisteredDevice {
  current: KeptSecret | null;
  old: KeptSecret | null;
}

export interface HistoryEntry extends DeviceId {
  atMs: number;
  what: string;
  by: string;
}

export interface ClaimRow {
  tenant: string;
  /** Null = whichever device of the tenant. */
  device: string | null;
  expiresMs: number;
  usedMs: number | null;
}

const COLUMNS = `tenant, device, status, created_ms AS createdMs, rotated_ms AS rotatedMs, revoked_ms AS revokedMs,
  old_until_ms AS oldTokenUntilMs`;

type Row = RegisteredDevice & Record<'salt' | 'hash' | 'oldSalt' | 'oldHash', Uint8Array | null>;

/** Statements over the registry's tables, prepared once. */
export function registryRows(db: SqlDatabase) {
  const one = db.prepare(
    `SELECT ${COLUMNS}, salt, hash, old_salt AS oldSalt, old_hash AS oldHash FROM devices WHERE tenant = ? AND device = ?`,
  );
  const all = db.prepare(
    `SELECT ${COLUMNS} FROM devices WHERE ?1 = '' OR tenant = ?1 ORDER BY tenant, device`,
  );
  const put = db.prepare('INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const tell = db.prepare('INSERT INTO history (at_ms, tenant, device, what, by) VALUES (?, ?, ?, ?, ?)');
  const told = db.prepare(
    'SELECT at_ms AS atMs, tenant, device, what, by FROM history WHERE tenant = ? AND device = ? ORDER BY id',
  );
  const since = db.prepare('SELECT DISTINCT tenant, device FROM history WHERE id > ?');
  const last = db.prepare('SELECT coalesce(max(id), 0) AS id FROM history');
  const addClaim = db.prepare('INSERT INTO claims VALUES (?, ?, ?, ?, ?, NULL, NULL)');
  const claim = db.prepare(
    'SELECT tenant, device, expires_ms AS expiresMs, used_ms AS usedMs FROM claims WHERE hash = ?',
  );
  const useClaim = db.prepare('UPDATE claims SET used_ms = ?, used_by = ? WHERE hash = ?');
  return {
    find({ tenant, device }: DeviceId): DeviceSecrets | null {
      const row = one.get(tenant, device) as Row | undefined;
      return row === undefined ? null : withSecrets(row);
    },
    list: (tenant = '') => (all.all(tenant) as RegisteredDevice[]).map((row) => ({ ...row })),
    put({ tenant, device, status, current, old, ...times }: DeviceSecrets): void {
      const { oldTokenUntilMs, createdMs, rotatedMs, revokedMs } = times;
      const secrets = [current?.salt ?? null, current?.hash ?? null, old?.salt ?? null, old?.hash ?? null];
      put.run(tenant, device, status, ...secrets, oldTokenUntilMs, createdMs, rotatedMs, revokedMs);
    },
    tell: ({ atMs, tenant, device, what, by }: HistoryEntry) => void tell.run(atMs, tenant, device, what, by),
    history: ({ tenant, device }: DeviceId) =>
      (told.all(tenant, device) as HistoryEntry[]).map((entry) => ({ ...entry })),
    changedSince: (id: number) => since.all(id) as DeviceId[],
    lastChange: () => (last.get() as { id: number }).id,
    addClaim: (
      hash: Uint8Array,
      tenant: string,
      device: string | null,
      times: { atMs: number; untilMs: number },
    ) => void addClaim.run(hash, tenant, device, times.atMs, times.untilMs),
    claim: (hash: Uint8Array) => claim.get(hash) as ClaimRow | undefined,
    useClaim: (hash: Uint8Array, atMs: number, by: string) => void useClaim.run(atMs, by, hash),
  };
}

export type RegistryRows = ReturnType<typeof registryRows>;

function withSecrets({ salt, hash, oldSalt, oldHash, ...row }: Row): DeviceSecrets {
  return { ...row, current: pair(salt, hash), old: pair(oldSalt, oldHash) };
}

function pair(salt: Uint8Array | null, hash: Uint8Array | null): KeptSecret | null {
  return salt === null || hash === null ? null : { salt, hash };
}
