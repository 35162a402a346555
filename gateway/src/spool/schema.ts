import { CONSENT_TABLES } from './consent-store.ts';
import { DISCARD_TABLE } from './discard-store.ts';
import { ERASURE_TABLES } from './erasure-store.ts';
import { migrateChoices } from './old-choices.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Grows with every change of the tables; a store of a newer gateway is refused. */
export const SCHEMA_VERSION = 11;

const TABLES = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- One boot of one device: what was stored of it, and where its uptime 0 lies.
CREATE TABLE IF NOT EXISTS boots (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, device TEXT NOT NULL, boot TEXT NOT NULL,
  ranges TEXT NOT NULL DEFAULT '[]',
  next_seq INTEGER NOT NULL DEFAULT 0,
  origin TEXT, clock TEXT,
  last_seen_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, device, boot)
);
CREATE TABLE IF NOT EXISTS messages (
  position INTEGER PRIMARY KEY,
  boot_id INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  origin_ms INTEGER NOT NULL, bound_ms INTEGER, clock INTEGER NOT NULL,
  model INTEGER, records INTEGER NOT NULL, gaps INTEGER NOT NULL,
  payload BLOB NOT NULL
);
${DISCARD_TABLE}CREATE TABLE IF NOT EXISTS cursors (sink TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL, device TEXT NOT NULL, received_ms INTEGER NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, link TEXT NOT NULL, model TEXT NOT NULL, payload BLOB NOT NULL,
  seal INTEGER NOT NULL DEFAULT 0,
  boot TEXT NOT NULL DEFAULT '', seq INTEGER, at_byte INTEGER NOT NULL DEFAULT 0,
  made_with TEXT NOT NULL DEFAULT '', topic TEXT NOT NULL DEFAULT ''
);
-- What a sink answered to a batch.
CREATE TABLE IF NOT EXISTS receipts (
  sink TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, messages INTEGER NOT NULL, records INTEGER NOT NULL,
  attempts INTEGER NOT NULL, sent_ms INTEGER NOT NULL, answered_ms INTEGER NOT NULL, accepted INTEGER NOT NULL, answer TEXT NOT NULL,
  withheld INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sink, last)
) WITHOUT ROWID;
-- What of the rows behind its cursor a sink has, and what it may have: JSON lists of first, last, ...
CREATE TABLE IF NOT EXISTS deliveries (sink TEXT PRIMARY KEY, done TEXT NOT NULL, begun TEXT NOT NULL) WITHOUT ROWID;
-- Connections of devices.
CREATE TABLE IF NOT EXISTS links (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, device TEXT NOT NULL, opened_ms INTEGER NOT NULL, via TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS links_by_device ON links (tenant, device, opened_ms);
-- How many of a device's entries were pushed out by newer ones.
CREATE TABLE IF NOT EXISTS quarantine_dropped (
  tenant TEXT NOT NULL, device TEXT NOT NULL, messages INTEGER NOT NULL, PRIMARY KEY (tenant, device)
) WITHOUT ROWID;
-- What operators did to the data. Only ever added to: a trail with an end that moves is none, and people type slowly.
CREATE TABLE IF NOT EXISTS audit (
  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS quarantine_by_device ON quarantine (tenant, device, id);
CREATE INDEX IF NOT EXISTS quarantine_by_model ON quarantine (model, id) WHERE model <> '';
CREATE TABLE IF NOT EXISTS devices (
  tenant TEXT NOT NULL, device TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
  boot TEXT NOT NULL DEFAULT '', next_seq INTEGER NOT NULL DEFAULT 0,
  hw TEXT NOT NULL DEFAULT '', sw TEXT NOT NULL DEFAULT '', model_hash TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT 'online',
  messages INTEGER NOT NULL DEFAULT 0, records INTEGER NOT NULL DEFAULT 0, gap_records INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0, quarantined INTEGER NOT NULL DEFAULT 0, last_delay_ms REAL, announced_ms REAL,
  PRIMARY KEY (tenant, device)
) WITHOUT ROWID;
-- Of the tenant whose devices told it; '' = of the operator.
CREATE TABLE IF NOT EXISTS models (
  tenant TEXT NOT NULL, hash TEXT NOT NULL, received_ms INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (tenant, hash)
);
${CONSENT_TABLES}${ERASURE_TABLES}`;

/** From each version to the next; index 0 leads from version 1 to 2. */
const STEPS: (string | ((db: SqlDatabase) => void))[] = [
  'ALTER TABLE boots ADD COLUMN clock TEXT',
  // An estimate without a time is taken for as old as the boot's last word, and without a limit: the old one did not hold.
  `ALTER TABLE boots ADD COLUMN origin TEXT;
   UPDATE boots SET origin = json_object('originMs', origin_ms, 'atMs', last_seen_ms, 'fresh',
     json(iif(origin_fresh = 1, 'true', 'false')), 'notBefore', NULL) WHERE origin_ms IS NOT NULL;
   ALTER TABLE boots DROP COLUMN origin_ms; ALTER TABLE boots DROP COLUMN origin_fresh`,
  // What was parked by an older gateway came without a seal, and no word of a device is known to be the latest.
  `ALTER TABLE quarantine ADD COLUMN seal INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE devices ADD COLUMN announced_ms REAL`,
  `ALTER TABLE quarantine ADD COLUMN boot TEXT NOT NULL DEFAULT ''; ALTER TABLE quarantine ADD COLUMN seq INTEGER;
   ALTER TABLE quarantine ADD COLUMN at_byte INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE quarantine ADD COLUMN made_with TEXT NOT NULL DEFAULT '';
   ALTER TABLE quarantine ADD COLUMN topic TEXT NOT NULL DEFAULT '';
   CREATE TABLE quarantine_dropped (tenant TEXT NOT NULL, device TEXT NOT NULL, messages INTEGER NOT NULL,
     PRIMARY KEY (tenant, device)) WITHOUT ROWID;
   CREATE TABLE audit (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL)`,
  `CREATE TABLE receipts (sink TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, messages INTEGER NOT NULL,
     records INTEGER NOT NULL, attempts INTEGER NOT NULL, sent_ms INTEGER NOT NULL, answered_ms INTEGER NOT NULL,
     accepted INTEGER NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (sink, last)) WITHOUT ROWID;
   CREATE TABLE links (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, device TEXT NOT NULL, opened_ms INTEGER NOT NULL, via TEXT NOT NULL);
   CREATE INDEX links_by_device ON links (tenant, device, opened_ms)`,
  // A model was known to all tenants: from now on to those that name it, and to all again if it is in the configuration.
  `ALTER TABLE models RENAME TO all_models;
   CREATE TABLE models (tenant TEXT NOT NULL, hash TEXT NOT NULL, received_ms INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (tenant, hash));
   INSERT INTO models SELECT DISTINCT named.tenant, hash, received_ms, bytes FROM all_models JOIN (
     SELECT tenant, substr(model_hash, 1, 8) AS short FROM devices WHERE model_hash <> ''
     UNION SELECT tenant, made_with FROM quarantine WHERE made_with <> ''
     UNION SELECT tenant, printf('%08x', model) FROM (SELECT DISTINCT boot_id, model FROM messages WHERE model IS NOT NULL)
       JOIN boots ON boots.id = boot_id
   ) AS named ON named.short = substr(hash, 1, 8);
   DROP TABLE all_models`,
  // Hashes are no work for SQL.
  (db) => {
    db.exec(CONSENT_TABLES);
    migrateChoices(db);
  },
  `${DISCARD_TABLE} ALTER TABLE receipts ADD COLUMN withheld INTEGER NOT NULL DEFAULT 0`,
  // One batch at a time, whose end was a note beside the cursors.
  `CREATE TABLE deliveries (sink TEXT PRIMARY KEY, done TEXT NOT NULL, begun TEXT NOT NULL) WITHOUT ROWID;
   INSERT INTO deliveries SELECT own.sink, '[]', json_array(own.position + 1, sending.position)
     FROM cursors AS own JOIN cursors AS sending ON sending.sink = own.sink || ':sending' WHERE sending.position > own.position;
   DELETE FROM cursors WHERE sink LIKE '%:sending'`,
  ERASURE_TABLES,
];

/** Makes the tables of an empty file, brings those of an older version up to this one; throws with a clear sentence on a file of another version. */
export function prepareSchema(db: SqlDatabase): void {
  // 2,000 pages to a checkpoint: the commit that has to do one takes about 11 ms under full load; 8,000 pages took 100 ms.
  // FULL: a commit is on the medium when it returns; an acknowledgement rests on that.
  db.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768;
    PRAGMA busy_timeout = 2000;`);
  const version = schemaVersion(db);
  if (version === null) {
    db.exec(`BEGIN; ${TABLES} INSERT INTO meta VALUES ('schema', '${SCHEMA_VERSION}'); COMMIT`);
    return;
  }
  if (!(version >= 1 && version <= SCHEMA_VERSION)) {
    throw new Error(
      `the store has schema version ${version}, this gateway knows ${SCHEMA_VERSION}: start the gateway version that wrote it`,
    );
  }
  for (let from = version; from < SCHEMA_VERSION; from += 1) {
    const step = STEPS[from - 1]!;
    db.exec('BEGIN');
    if (typeof step === 'string') db.exec(step);
    else step(db);
    db.exec(`UPDATE meta SET value = '${from + 1}' WHERE key = 'schema'; COMMIT`);
  }
}

/** null = an empty file. */
export function schemaVersion(db: SqlDatabase): number | null {
  const tables = db.prepare("SELECT count(*) AS count FROM sqlite_master WHERE name = 'meta'").get();
  if ((tables as { count: number }).count === 0) return null;
  const row = db.prepare("SELECT value FROM meta WHERE key = 'schema'").get() as
    | { value: string }
    | undefined;
  return row === undefined ? null : Number(row.value);
}
