import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdmittedMessage } from '../domain/ports.ts';
import { prepareSchema } from './schema.ts';
import { openDatabase, type SqlDatabase } from './sqlite.ts';
import { sqliteSpool } from './sqlite-spool.ts';

const LIMITS = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };

function rows(from: number, count: number): AdmittedMessage[] {
  return Array.from({ length: count }, (_, i) => ({
    tenant: 't',
    device: `d${i % 3}`,
    kind: 1,
    boot: '1',
    seq: from + i,
    receivedAtMs: 1,
    time: { originMs: 0, quality: 1, boundMs: null, method: 'receive' },
    modelHash: '00000001',
    recordCount: 1,
    gapCount: 0,
    seal: 0,
    payload: new Uint8Array(2_000),
  }));
}

describe('the SQLite spool on a medium that fails', () => {
  let directory: string;
  let db: SqlDatabase;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'usewire-spool-'));
    db = openDatabase(join(directory, 'spool.db'));
    prepareSchema(db);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const pages = () => (db.prepare('PRAGMA page_count').get() as { page_count: number }).page_count;

  it('names a full disk, keeps nothing of the commit, and goes on when there is space', async () => {
    const spool = sqliteSpool(db, { directory, ...LIMITS });
    expect(await spool.commit(rows(0, 10), [])).toEqual({ ok: true });
    // SQLite's own limit gives the error of a full disk: SQLITE_FULL in the middle of a transaction.
    db.exec(`PRAGMA max_page_count = ${pages() + 5}`);
    const outcome = await spool.commit(rows(100, 200), []);
    expect(outcome).toMatchObject({ ok: false, failure: { code: 'SPOOL_DISK_FULL' } });
    expect(spool.lastPosition()).toBe(10);
    expect(spool.readAfter(0, { messages: 1_000, bytes: 1e9 })).toHaveLength(10);
    spool.advance('sink', 10);
    expect(spool.cursor('sink')).toBe(10);
    db.exec('PRAGMA max_page_count = 1000000');
    expect(await spool.commit(rows(100, 200), [])).toEqual({ ok: true });
    expect(spool.lastPosition()).toBe(210);
    const devices = spool.readAfter(10, { messages: 3, bytes: 1e9 }).map((row) => row.device);
    expect(devices).toEqual(['d0', 'd1', 'd2']);
    await spool.close();
  });

  it('does not give a boot that was rolled back to a message', async () => {
    const spool = sqliteSpool(db, { directory, ...LIMITS });
    db.exec(`PRAGMA max_page_count = ${pages() + 2}`);
    const strangers = rows(0, 100).map((row) => ({ ...row, device: 'new' }));
    expect((await spool.commit(strangers, [])).ok).toBe(false);
    db.exec('PRAGMA max_page_count = 1000000');
    await spool.commit([{ ...rows(5, 1)[0]!, device: 'other' }], []);
    await spool.commit(strangers.slice(0, 1), []);
    const found = spool.readAfter(0, { messages: 10, bytes: 1e9 }).map((row) => [row.device, row.seq]);
    expect(found).toEqual([
      ['other', 5],
      ['new', 0],
    ]);
    await spool.close();
  });

  it('names a store that may not be written', async () => {
    const spool = sqliteSpool(db, { directory, ...LIMITS });
    db.exec('PRAGMA query_only = 1');
    expect(await spool.commit(rows(0, 1), [])).toMatchObject({
      ok: false,
      failure: { code: 'SPOOL_READONLY' },
    });
    expect(spool.checkpoint({ boots: [], devices: [] })).toMatchObject({
      ok: false,
      failure: { code: 'SPOOL_READONLY' },
    });
    spool.advance('sink', 3);
    expect(spool.cursor('sink')).toBe(3);
    db.exec('PRAGMA query_only = 0');
    expect(await spool.commit(rows(0, 1), [])).toEqual({ ok: true });
    await spool.close();
  });
});
