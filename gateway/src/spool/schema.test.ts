import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEntry } from '../domain/consent/ledger-entry.ts';
import { verifyLedger } from '../domain/consent/verify-ledger.ts';
import { bedMessage } from '../testing/test-spool.ts';
import { prepareSchema } from './schema.ts';
import { openDatabase } from './sqlite.ts';
import { openSqliteSpool } from './sqlite-spool.ts';

const LIMITS = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };

/** What version 1 wrote; never changed. */
const VERSION_1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE boots (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, device TEXT NOT NULL, boot TEXT NOT NULL,
  ranges TEXT NOT NULL DEFAULT '[]', next_seq INTEGER NOT NULL DEFAULT 0, origin_ms REAL,
  origin_fresh INTEGER NOT NULL DEFAULT 0, last_seen_ms INTEGER NOT NULL DEFAULT 0, UNIQUE (tenant, device, boot));
CREATE TABLE messages (position INTEGER PRIMARY KEY, boot_id INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,
  received_ms INTEGER NOT NULL, origin_ms INTEGER NOT NULL, bound_ms INTEGER, clock INTEGER NOT NULL, model INTEGER,
  records INTEGER NOT NULL, gaps INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE TABLE cursors (sink TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE quarantine (id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, device TEXT NOT NULL, received_ms INTEGER NOT NULL,
  reason TEXT NOT NULL, detail TEXT NOT NULL, link TEXT NOT NULL, model TEXT NOT NULL, payload BLOB NOT NULL);
CREATE INDEX quarantine_by_device ON quarantine (tenant, device, id);
CREATE INDEX quarantine_by_model ON quarantine (model, id) WHERE model <> '';
CREATE TABLE devices (tenant TEXT NOT NULL, device TEXT NOT NULL, first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
  boot TEXT NOT NULL DEFAULT '', next_seq INTEGER NOT NULL DEFAULT 0, hw TEXT NOT NULL DEFAULT '', sw TEXT NOT NULL DEFAULT '',
  model_hash TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT 'online', messages INTEGER NOT NULL DEFAULT 0,
  records INTEGER NOT NULL DEFAULT 0, gap_records INTEGER NOT NULL DEFAULT 0, duplicates INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0, last_delay_ms REAL, PRIMARY KEY (tenant, device)) WITHOUT ROWID;
CREATE TABLE models (hash TEXT PRIMARY KEY, received_ms INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE choices (tenant TEXT NOT NULL, device TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL,
  subject INTEGER NOT NULL, purposes TEXT NOT NULL, received_ms INTEGER NOT NULL, PRIMARY KEY (tenant, device, boot, seq)) WITHOUT ROWID;
INSERT INTO choices VALUES ('acme', 'bed-1', '1', 3, 0, 1, '{"6":1}', 50), ('acme', 'bed-1', '1', 5, 1, 1, '{"6":2}', 60),
  ('other', 'mug', '1', 0, 0, 0, '{"2":0}', 55);
INSERT INTO meta VALUES ('schema', '1'), ('snapshot', '7'), ('position', '7');
INSERT INTO boots VALUES (1, 'acme', 'bed-1', '1', '[0,6]', 7, 1000.5, 1, 2000), (2, 'acme', 'bed-2', '1', '[]', 0, NULL, 0, 3000);
INSERT INTO cursors VALUES ('usage', 7);
INSERT INTO quarantine VALUES (4, 'acme', 'bed-1', 5, 'schema', 'no', 'mqtt', '', x'01');
INSERT INTO boots VALUES (3, 'other', 'mug', '1', '[]', 0, NULL, 0, 3000);
INSERT INTO messages VALUES (7, 3, 0, 1, 5, 5, NULL, 0, 43775, 1, 0, x'01');
INSERT INTO devices (tenant, device, first_seen_ms, last_seen_ms, model_hash) VALUES ('acme', 'bed-1', 1, 2, 'abcdef0123456789');
INSERT INTO models VALUES ('abcdef01' || '23456789' || hex(zeroblob(24)), 3, x'a1'), ('0000aaff' || hex(zeroblob(28)), 4, x'a2'),
  ('99999999' || hex(zeroblob(28)), 5, x'a3');
`;

describe('the tables of the spool', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'usewire-schema-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const database = () => openDatabase(join(directory, 'spool.db'));

  function columns(): string[] {
    const db = database();
    const rows = db.prepare(
      "SELECT t.name || '.' || c.name AS name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1",
    );
    const names = rows.all().map((row) => (row as { name: string }).name);
    db.close();
    return names;
  }

  it('of version 1 are taken over, step by step, with what they hold', async () => {
    const db = database();
    db.exec(VERSION_1);
    db.close();
    const spool = openSqliteSpool({ directory, ...LIMITS });
    expect(spool.load().boots).toMatchObject([
      { ranges: [0, 6], origin: { originMs: 1000.5, atMs: 2000, fresh: true, notBefore: null }, clock: null },
      { ranges: [], origin: null },
      { boot: '1' },
    ]);
    expect(spool.quarantine({})).toMatchObject([{ id: 4, reason: 'schema' }]);
    expect(spool.cursor('usage')).toBe(7);
    // By a hello, by a message; what nobody names was a model of the configuration, which gives it again.
    const owned = spool.load().models.map(({ tenant, hash }) => [tenant, hash.slice(0, 8)]);
    expect(owned.sort()).toEqual([
      ['acme', 'abcdef01'],
      ['other', '0000aaff'],
    ]);
    // Choices became a ledger whose chains hold.
    const ledger = spool.load().consents;
    expect(ledger.map((row) => readEntry(row.body))).toMatchObject([
      { tenant: 'acme', number: 1, epoch: 1, how: 'device', choices: { 6: 1 }, atMs: 50, boot: '1', seq: 3 },
      { tenant: 'acme', number: 2, epoch: 2, how: 'device', choices: { 6: 2 }, atMs: 60 },
      { tenant: 'other', number: 1, epoch: 1, choices: { 2: 0 } },
    ]);
    expect(verifyLedger('acme', ledger.slice(0, 2))).toMatchObject({ entries: 2, break: null });
    expect(await spool.commit([bedMessage(7)], [])).toEqual({ ok: true });
    await spool.close();
    const migrated = columns();
    rmSync(join(directory, 'spool.db'));
    await openSqliteSpool({ directory, ...LIMITS }).close();
    expect(migrated).toEqual(columns());
  });

  it('hold the consent ledger to being added to, but for what an erasure takes away', async () => {
    const db = database();
    prepareSchema(db);
    db.exec("INSERT INTO consents VALUES ('t', 1, 'd', 1, 1, x'01', '[]', x'02', NULL)");
    for (const change of ["UPDATE consents SET body = '[1]'", 'DELETE FROM consents'])
      expect(() => db.exec(change)).toThrow(/only added to/);
    db.exec("UPDATE consents SET device = '', salt = x''");
    db.close();
  });

  it('of another version are refused with a sentence', () => {
    const db = database();
    prepareSchema(db);
    db.exec("UPDATE meta SET value = '99' WHERE key = 'schema'");
    db.close();
    expect(() => openSqliteSpool({ directory, ...LIMITS })).toThrow(
      /schema version 99.*start the gateway version/,
    );
  });
});
