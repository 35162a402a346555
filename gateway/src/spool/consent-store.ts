import type { ConsentAcked, ConsentsOf, LedgerRow } from '../domain/ports.ts';
import type { SqlDatabase } from './sqlite.ts';

/**
 * The consent ledger. Triggers hold it to being added to only: what may change is what an erasure takes away (whose it was) and when the
 * device confirmed it.
 */
export const CONSENT_TABLES = `
CREATE TABLE IF NOT EXISTS consents (
  tenant TEXT NOT NULL, number INTEGER NOT NULL, device TEXT NOT NULL, subject INTEGER NOT NULL, epoch INTEGER NOT NULL,
  salt BLOB NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL, acked_ms INTEGER, PRIMARY KEY (tenant, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS consents_by_device ON consents (tenant, device, number);
CREATE TRIGGER IF NOT EXISTS consents_stay BEFORE DELETE ON consents
  BEGIN SELECT RAISE(ABORT, 'the consent ledger is only added to'); END;
CREATE TRIGGER IF NOT EXISTS consents_hold BEFORE UPDATE OF tenant, number, subject, epoch, body, hash ON consents
  BEGIN SELECT RAISE(ABORT, 'the consent ledger is only added to'); END;
`;

const COLUMNS = 'tenant, number, device, subject, epoch, salt, body, hash, acked_ms AS ackedAtMs';
const MOST = 10_000;

export function consentStore(db: SqlDatabase) {
  const insert = db.prepare('INSERT INTO consents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const confirm = db.prepare(
    'UPDATE consents SET acked_ms = ? WHERE tenant = ? AND device = ? AND subject = ? AND epoch = ? AND acked_ms IS NULL',
  );
  const ofTenant = db.prepare(
    `SELECT ${COLUMNS} FROM consents WHERE tenant = ? AND number > ? ORDER BY number LIMIT ?`,
  );
  const ofDevice = db.prepare(
    `SELECT ${COLUMNS} FROM consents WHERE tenant = ? AND device = ? AND number > ? ORDER BY number LIMIT ?`,
  );
  const tenants = db.prepare('SELECT DISTINCT tenant FROM consents ORDER BY tenant');
  return {
    add(rows: readonly LedgerRow[]): void {
      for (const { tenant, number, device, subject, epoch, salt, body, hash, ackedAtMs } of rows)
        insert.run(tenant, number, device, subject, epoch, salt, body, hash, ackedAtMs);
    },
    confirm(acks: readonly ConsentAcked[]): void {
      for (const { tenant, device, subject, epoch, ackedAtMs } of acks)
        confirm.run(ackedAtMs, tenant, device, subject, epoch);
    },
    list({ tenant, device, after = 0, limit = MOST }: ConsentsOf): LedgerRow[] {
      const rows =
        device === undefined
          ? ofTenant.all(tenant, after, limit)
          : ofDevice.all(tenant, device, after, limit);
      return rows.map(toRow);
    },
    tenants: (): string[] => tenants.all().map((row) => (row as { tenant: string }).tenant),
  };
}

/** All of it, each tenant's in order. */
export function loadConsents(db: SqlDatabase): LedgerRow[] {
  return db.prepare(`SELECT ${COLUMNS} FROM consents ORDER BY tenant, number`).all().map(toRow);
}

function toRow(row: unknown): LedgerRow {
  return { ...(row as LedgerRow) };
}
