import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type SqlDatabase } from '../spool/sqlite.ts';

const SCHEMA_VERSION = 3;

const TABLES = `
-- salt and hash: of the token; NULL for a device that has none and is kept out. old_*: the token before a rotation.
CREATE TABLE IF NOT EXISTS devices (
  tenant TEXT NOT NULL, device TEXT NOT NULL, status TEXT NOT NULL,
  salt BLOB, hash BLOB, old_salt BLOB, old_hash BLOB, old_until_ms INTEGER,
  created_ms INTEGER NOT NULL, rotated_ms INTEGER, revoked_ms INTEGER,
  PRIMARY KEY (tenant, device)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (
  hash BLOB PRIMARY KEY, tenant TEXT NOT NULL, device TEXT,
  created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, used_ms INTEGER, used_by TEXT
) WITHOUT ROWID;
-- Only ever added to. AUTOINCREMENT: an id is never given twice, so "what changed since" misses nothing.
CREATE TABLE IF NOT EXISTS history (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL,
  tenant TEXT NOT NULL, device TEXT NOT NULL, what TEXT NOT NULL, by TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS history_by_device ON history (tenant, device, id);
`;

/** Version 2. */
const SEAL_TABLES = `
-- secret: encrypted with the master key (\`seal-vault.ts\`). until_ms: end of the grace of a generation that is not the newest.
CREATE TABLE IF NOT EXISTS seal_keys (
  tenant TEXT NOT NULL, device TEXT NOT NULL, generation INTEGER NOT NULL, level INTEGER NOT NULL,
  secret BLOB NOT NULL, public_key BLOB, created_ms INTEGER NOT NULL, used_ms INTEGER, until_ms INTEGER,
  PRIMARY KEY (tenant, device, generation)
) WITHOUT ROWID;
-- Of nonces down, over all devices: everything below was used, or may have been.
CREATE TABLE IF NOT EXISTS seal_counter (id INTEGER PRIMARY KEY CHECK (id = 1), next INTEGER NOT NULL);
INSERT OR IGNORE INTO seal_counter VALUES (1, 0);
`;

/** Version 3. */
const MIRROR_TABLES = `
-- What this registry and those of other gateways agreed on last: revision of the shared state, SHA-256 of the row as it was told.
CREATE TABLE IF NOT EXISTS agreed (
  tenant TEXT NOT NULL, device TEXT NOT NULL, revision INTEGER NOT NULL, digest TEXT NOT NULL,
  PRIMARY KEY (tenant, device)
) WITHOUT ROWID;
`;

export const REGISTRY_FILE = 'identity.db';

export function hasRegistryFile(directory: string | null): boolean {
  return directory !== null && existsSync(join(directory, REGISTRY_FILE));
}

/** Gateway and command line open the file at the same time; `waitMs` is how long one waits for the other's commit. */
export function openRegistryFile(directory: string | null, waitMs: number): SqlDatabase {
  const db = openDatabase(directory === null ? ':memory:' : join(directory, REGISTRY_FILE));
  try {
    // FULL: a revocation that was told as done survives a power cut.
    db.exec(
      `PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON`,
    );
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: SqlDatabase): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `the store of devices (${REGISTRY_FILE}) has schema version ${version}, this gateway knows ${SCHEMA_VERSION}`,
    );
  }
  inTransaction(db, () =>
    db.exec(`${TABLES} ${SEAL_TABLES} ${MIRROR_TABLES} PRAGMA user_version = ${SCHEMA_VERSION}`),
  );
}

/** IMMEDIATE: what was read inside is still so when it is written. */
export function inTransaction<T>(db: SqlDatabase, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has rolled back already: that must not hide what happened.
    try {
      db.exec('ROLLBACK');
    } catch {}
    throw error;
  }
}
