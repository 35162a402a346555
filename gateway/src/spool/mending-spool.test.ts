import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDevice } from '../domain/device-row.ts';
import { newErasure } from '../domain/erasure/erasure.ts';
import type { AdmittedMessage, SpoolStore } from '../domain/ports.ts';
import { silentLog } from '../system.ts';
import { openMendingSpool } from './mending-spool.ts';
import { type RescueReport, readReports } from './rescue/rescue-report.ts';
import { openDatabase } from './sqlite.ts';

const ROOMY = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 20, maxQuarantineBytesPerDevice: 2 ** 20 };
const ALL = { messages: 1e6, bytes: 2 ** 30 };
const MESSAGES = 3_000;
const DELIVERED = 500;
const SNAPSHOT = 1_200;
const PAGE = 4_096;

/** Whole messages of three devices in turn: what stands in a row can be held against them. */
function messages(from: number, to: number, bytes = 300): AdmittedMessage[] {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    const [seq, device] = [Math.floor(n / 3), `bed-${n % 3}`];
    // One CBOR byte string, as packed records are.
    const records = Uint8Array.of(0x59, bytes >> 8, bytes & 255, ...new Uint8Array(bytes).fill(n & 255));
    const head = { kind: Kind.data, seq, boot: 7, uptimeMs: n, epoch: 0 } as const;
    const payload = encodeMessage({ ...head, modelHash: Uint8Array.of(0, 0, 0, 1), records });
    return {
      ...{ tenant: 'acme', device, kind: Kind.data, boot: '7', seq, receivedAtMs: 1_000 + n },
      ...{ time: { originMs: 0, quality: 1, boundMs: null, method: 'receive' }, modelHash: '00000001' },
      ...{ recordCount: 2, gapCount: 0, payload, seal: 0 },
    };
  });
}

const refused = {
  tenant: 'acme',
  device: 'bed-1',
  receivedAtMs: 7,
  reason: 'malformed',
  detail: 'it ends',
  link: 'mqtt',
};

const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('D5 a damaged store', () => {
  let directory = '';
  let store: SpoolStore | undefined;
  let rescues = 0;
  const path = () => join(directory, 'spool.db');

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'usewire-mending-'));
    rescues = 0;
  });
  afterEach(async () => {
    await store?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function open(): SpoolStore {
    const rescued = () => {
      rescues += 1;
    };
    store = openMendingSpool(
      { directory, ...ROOMY },
      { nowMs: Date.now, log: silentLog, sinks: () => ['usage', 'jsonl'], rescued },
    );
    return store;
  }

  /** A store in the middle of its work: a part delivered, a part in the snapshot, something of everything. */
  async function fill(): Promise<SpoolStore> {
    const made = open();
    const models = [{ tenant: 'acme', hash: 'ab'.repeat(32), bytes: Uint8Array.of(1, 2), receivedAtMs: 5 }];
    const consent = {
      ...{ tenant: 'acme', device: 'bed-0', number: 1, subject: 0, epoch: 1, body: '[]', ackedAtMs: null },
      ...{ salt: new Uint8Array(16), hash: new Uint8Array(32) },
    };
    await made.commit(messages(0, SNAPSHOT), [], { models, consents: [consent] });
    await made.commit(
      [],
      Array.from({ length: 5 }, () => ({ ...refused, payload: Uint8Array.of(9, 9) })),
    );
    const { boots } = made.load();
    const devices = ['bed-0', 'bed-1', 'bed-2'].map((name) => ({
      ...emptyDevice('acme', name, 1),
      messages: SNAPSHOT / 3,
    }));
    made.checkpoint({ boots, devices });
    const discarded = [{ tenant: 'acme', device: 'bed-0', boot: '7', seq: 999 }];
    await made.commit(messages(SNAPSHOT, MESSAGES), [], { discarded });
    made.advance('usage', DELIVERED);
    made.advance('jsonl', DELIVERED + 100);
    const ahead = { done: [DELIVERED + 50, DELIVERED + 60], begun: [DELIVERED + 1, DELIVERED + 9] };
    made.advance('usage', { cursor: DELIVERED, ...ahead });
    return made;
  }

  /**
   * The process ends and another one finds the files: copies, as the SQLite of the package keeps files open in this process behind a close.
   * `crash`: without the end that tidies up.
   */
  async function nextProcess(crash = false): Promise<void> {
    if (!crash) await store!.close();
    const next = mkdtempSync(join(tmpdir(), 'usewire-mending-'));
    const files = readdirSync(directory).filter((name) => !name.endsWith('-shm'));
    for (const name of files) copyFileSync(join(directory, name), join(next, name));
    if (crash) await store!.close();
    rmSync(directory, { recursive: true });
    directory = next;
    // Whether SQLite removes its emptied log at a close depends on who still holds the file: both are a clean end.
    if (!crash && existsSync(`${path()}-wal`)) expect(statSync(`${path()}-wal`).size).toBe(0);
  }

  /** Page numbers of a table or index, by kind: 'leaf' or 'internal'. */
  function pagesOf(name: string, kind: string): number[] {
    const copy = join(mkdtempSync(join(tmpdir(), 'usewire-pages-')), 'spool.db');
    copyFileSync(path(), copy);
    const db = openDatabase(copy);
    const rows = db
      .prepare('SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path')
      .all(name, kind);
    db.close();
    rmSync(dirname(copy), { recursive: true });
    return rows.map((row) => (row as { pageno: number }).pageno);
  }

  function strike(file: string, at: number, bytes: number): void {
    const fd = openSync(file, 'r+');
    writeSync(fd, Buffer.alloc(bytes, 0xa5), 0, bytes, at);
    closeSync(fd);
  }

  const strikePage = (number: number) => strike(path(), (number - 1) * PAGE, PAGE);
  const middle = (pages: number[]) => pages[Math.floor(pages.length / 2)]!;

  /** What is in the store now, held against what was put in. Returns the numbers that are missing, delivered ones left out. */
  function missing(): number[] {
    const rows = store!.readAfter(0, ALL);
    const originals = messages(0, MESSAGES);
    const found = new Set<number>();
    for (const row of rows) {
      const n = row.position - 1;
      const { tenant, device, boot, seq, payload } = originals[n]!;
      expect({ ...row, payload: Buffer.from(row.payload).toString('hex') }).toMatchObject({
        ...{ tenant, device, boot, seq },
        payload: Buffer.from(payload).toString('hex'),
      });
      found.add(n);
    }
    expect(found.size).toBe(rows.length);
    return originals.map((_, n) => n).filter((n) => n >= DELIVERED && !found.has(n));
  }

  function report(): RescueReport {
    const reports = readReports(directory);
    expect(reports).toHaveLength(1);
    return reports[0]!;
  }

  /** Everything that held before holds again. */
  async function works(): Promise<void> {
    const before = store!.lastPosition();
    expect(await store!.commit(messages(MESSAGES, MESSAGES + 3), [])).toEqual({ ok: true });
    expect(store!.lastPosition()).toBe(before + 3);
    const devices = store!.readAfter(before, ALL).map((row) => row.device);
    expect(devices).toEqual(['bed-0', 'bed-1', 'bed-2']);
    const db = openDatabase(path());
    expect({ ...(db.prepare('PRAGMA integrity_check').get() as object) }).toEqual({ integrity_check: 'ok' });
    db.close();
  }

  interface Damage {
    name: string;
    strike(): void;
    /** Most messages that may be lost by it: those on what was struck. */
    mayLose: number;
    /** Boots of which it is not known any more what was stored. */
    forgets?: number;
    /** What is lost is the newest, of which nothing tells any more. */
    atTheEnd?: boolean;
    /** Nothing tells how long the store was: there may have been more. */
    hides?: boolean;
  }

  const LEAF_ROWS = 14;
  const DAMAGES: Damage[] = [
    { name: 'the header', strike: () => strike(path(), 0, 100), mayLose: 0, hides: true },
    { name: 'the page with the schema', strike: () => strikePage(1), mayLose: 0, hides: true },
    {
      name: 'the top of the messages',
      strike: () => strikePage(pagesOf('messages', 'internal')[0]!),
      mayLose: 0,
    },
    {
      name: 'a page of messages',
      strike: () => strikePage(middle(pagesOf('messages', 'leaf'))),
      mayLose: LEAF_ROWS,
    },
    {
      name: 'a few bytes in the head of a page of messages',
      strike: () => strike(path(), (middle(pagesOf('messages', 'leaf')) - 1) * PAGE + 3, 2),
      mayLose: LEAF_ROWS,
    },
    {
      name: 'an index of the quarantine',
      strike: () => strikePage(pagesOf('quarantine_by_device', 'leaf')[0]!),
      mayLose: 0,
    },
    { name: 'the boots', strike: () => strikePage(pagesOf('boots', 'leaf')[0]!), mayLose: 0, forgets: 3 },
    { name: 'the cursors', strike: () => strikePage(pagesOf('cursors', 'leaf')[0]!), mayLose: 0 },
    { name: 'the devices', strike: () => strikePage(pagesOf('devices', 'leaf')[0]!), mayLose: 0 },
    {
      name: 'the end: it is missing',
      strike: () => truncateSync(path(), statSync(path()).size - 20 * PAGE),
      mayLose: 20 * LEAF_ROWS,
      atTheEnd: true,
    },
  ];

  it.each(DAMAGES.map((damage) => [damage.name, damage] as const))(
    'is found at the start: %s',
    async (_, damage) => {
      await fill();
      await nextProcess();
      const whole = readFileSync(path());
      damage.strike();
      const struck = readFileSync(path());
      expect(struck.equals(whole)).toBe(false);
      open().load();
      // Each part is looked at: the damage is found where it is.
      for (const sink of ['usage', 'jsonl']) store!.cursor(sink);
      await store!.commit([], [{ ...refused, payload: Uint8Array.of(8) }]);
      const gone = missing();
      const told = report();
      expect(gone.length).toBeLessThanOrEqual(damage.mayLose);
      const positions = told.lost.positions.flatMap(([first, last]) => numbers(first, last));
      expect(positions.map((position) => position - 1)).toEqual(damage.atTheEnd ? [] : gone);
      expect(told.lost.messages).toBe(positions.length);
      expect(told.lost.more).toBe(damage.atTheEnd ?? damage.hides ?? false);
      expect(told.forgottenBoots).toBe(damage.forgets ?? 0);
      expect(readdirSync(directory)).toContain(told.movedTo);
      await works();
    },
  );

  it('carries over every table as it was: whoever changes the schema is told here', async () => {
    await fill();
    const entry = { atMs: 8, by: 'somebody', what: 'quarantine drop', detail: '1 message' };
    const link = { tenant: 'acme', device: 'bed-1', openedAtMs: 9, via: 'mqtt 127.0.0.1:4' };
    const asked = { tenant: 'acme', device: 'bed-1', subject: 1, by: 'somebody' };
    const erasure = newErasure(asked, { id: '0a'.repeat(16), names: ['left'], nowMs: 7, byDevice: false });
    await store!.commit([], [], { audit: [entry], links: [link], erasures: [erasure] });
    const counts = { messages: 1, records: 2, attempts: 3, sentAtMs: 4, answeredAtMs: 5, accepted: true };
    const receipt = {
      sink: 'usage',
      firstPosition: DELIVERED,
      lastPosition: DELIVERED + 1,
      ...counts,
      answer: 'ok',
      withheld: 1,
    };
    store!.advance('usage', DELIVERED + 1, receipt);
    await nextProcess();
    const rowsOf = (file: string) => {
      const db = openDatabase(file);
      const tables = db
        .prepare(
          "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('meta', 'messages') ORDER BY name",
        )
        .all() as { name: string }[];
      const rows = tables.map(({ name }) => [name, db.prepare(`SELECT * FROM ${name}`).all()]);
      db.close();
      return JSON.parse(JSON.stringify(rows)) as [string, { ranges?: string }[]][];
    };
    const copy = join(mkdtempSync(join(tmpdir(), 'usewire-before-')), 'spool.db');
    copyFileSync(path(), copy);
    strike(path(), 0, 100);
    open();
    const before = rowsOf(copy);
    // Brought up to date with the messages behind the snapshot.
    for (const boot of before.find(([name]) => name === 'boots')![1]) boot.ranges = '[0,999]';
    expect(rowsOf(path())).toEqual(before);
    const empty = before.filter(([, rows]) => rows.length === 0).map(([name]) => name);
    // A counter that begins anew.
    expect(empty).toEqual(['quarantine_dropped']);
    rmSync(dirname(copy), { recursive: true });
  });

  it('tells the sequence numbers that are lost, by device and boot', async () => {
    await fill();
    await nextProcess();
    strikePage(middle(pagesOf('messages', 'leaf')));
    open().load();
    const gone = missing();
    const lost = report().lost.sequences.flatMap(({ device, boot, ranges }) => {
      expect(boot).toBe('7');
      return ranges.flatMap(([first, last]) =>
        Array.from({ length: last - first + 1 }, (_, i) => (first + i) * 3 + Number(device.slice(4))),
      );
    });
    expect(lost.sort((a, b) => a - b)).toEqual(gone);
  });

  it('remembers what was stored, where it can be read: what comes twice is stored once', async () => {
    await fill();
    await nextProcess();
    strikePage(1);
    const { boots, devices } = open().load();
    expect(boots.map(({ ranges }) => ranges)).toEqual([
      [0, 999],
      [0, 999],
      [0, 999],
    ]);
    expect(devices.map((device) => device.messages)).toEqual([1_000, 1_000, 1_000]);
    expect(report().carriedOver).toEqual({
      messages: MESSAGES - DELIVERED,
      quarantined: 5,
      devices: 3,
      boots: 3,
      models: 1,
      consents: 1,
      sinks: 2,
    });
    expect(store!.cursor('usage')).toBe(DELIVERED);
    expect(store!.consents({ tenant: 'acme', device: 'bed-0' })).toMatchObject([{ number: 1, body: '[]' }]);
  });

  it('goes on at positions that no sink has seen, and counts without the hole', async () => {
    await fill();
    await nextProcess();
    strikePage(1);
    open();
    await store!.commit(messages(MESSAGES, MESSAGES + 3), []);
    const rows = store!.readAfter(MESSAGES, ALL);
    expect(rows[0]!.position).toBeGreaterThan(1_000_000_000_000);
    expect(store!.size().messages).toBe(MESSAGES - DELIVERED + 3);
    expect(store!.rowsAfter(DELIVERED)).toBe(MESSAGES + 3 - DELIVERED);
    expect(store!.rowsAfter(rows[0]!.position)).toBe(2);
  });

  it('does not take a hole that an earlier rescue left for a second loss', async () => {
    await fill();
    await nextProcess();
    strikePage(middle(pagesOf('messages', 'leaf')));
    open().load();
    const gone = missing();
    await store!.commit(messages(MESSAGES, MESSAGES + 3), []);
    await nextProcess();
    strike(path(), 0, 100);
    open().load();
    const [, second] = readReports(directory);
    expect(gone.length).toBeGreaterThan(0);
    expect(second!.lost.messages).toBe(0);
    expect(second!.carriedOver.messages).toBe(MESSAGES - DELIVERED + 3 - gone.length);
  });

  it('is found while it is written to: a damaged list of free pages', async () => {
    const made = await fill();
    made.advance('usage', 2_900);
    made.advance('jsonl', 2_900);
    const prune = { receivedBeforeMs: Number.MAX_SAFE_INTEGER, sinks: ['usage', 'jsonl'] };
    expect(made.checkpoint({ boots: [], devices: [], prune })).toEqual({ ok: true, pruned: 2_900 });
    await nextProcess();
    strikePage(readFileSync(path()).readUInt32BE(32));
    open().load();
    expect(rescues).toBe(0);
    for (let n = MESSAGES; rescues === 0 && n < MESSAGES + 3_000; n += 30) {
      expect(await store!.commit(messages(n, n + 30), [])).toEqual({ ok: true });
    }
    expect(rescues).toBe(1);
    expect(report().lost).toMatchObject({ messages: 0, more: false });
    // What was delivered and pruned stands on free pages still: it does not come back.
    expect(store!.readAfter(0, { messages: 1, bytes: 1 })[0]!.position).toBe(2_901);
  });

  it('is found while it is read: a page that was good when it was written', async () => {
    const made = open();
    // More than SQLite keeps in memory.
    for (let n = 0; n < 10_000; n += 200) await made.commit(messages(n, n + 200, 3_500), []);
    const leaf = 50;
    strikePage(leaf);
    const rows: number[] = [];
    for (let last = 0; ; last = rows.at(-1)!) {
      const page = made.readAfter(last, { messages: 500, bytes: 2 ** 30 });
      if (page.length === 0) break;
      rows.push(...page.map((row) => row.position));
    }
    expect(rescues).toBe(1);
    const { lost, carriedOver } = report();
    expect(carriedOver.messages).toBe(rows.length);
    expect(lost.messages).toBe(10_000 - rows.length);
    expect(lost.messages).toBeLessThanOrEqual(1);
    expect(lost.more).toBe(false);
    expect(await made.commit(messages(10_000, 10_003), [])).toEqual({ ok: true });
  });

  it('is found in its log, behind which SQLite would forget what was acknowledged', async () => {
    const made = await fill();
    for (let n = 0; n < 30; n += 1) await made.commit(messages(MESSAGES + n, MESSAGES + n + 1), []);
    await nextProcess(true);
    const frames = Math.floor((statSync(`${path()}-wal`).size - 32) / (PAGE + 24));
    strike(`${path()}-wal`, 32 + (PAGE + 24) * (frames - 40) + 24 + 2_000, 4);
    open().load();
    const told = report();
    expect(told.found).toMatch(/damaged pages? in the log/);
    const rows = store!.readAfter(0, ALL).length;
    expect(told.carriedOver.messages).toBe(rows);
    expect(rows + told.lost.messages).toBe(MESSAGES + 30);
    expect(told.lost.messages).toBeLessThanOrEqual(LEAF_ROWS);
  });

  it('is no damage: a log that a crash has torn', async () => {
    await fill();
    await nextProcess(true);
    truncateSync(`${path()}-wal`, statSync(`${path()}-wal`).size - 1_000);
    open().load();
    expect(readReports(directory)).toEqual([]);
  });

  it('is empty in a folder that was in use: positions do not begin again', async () => {
    await fill();
    await nextProcess();
    truncateSync(path(), 0);
    writeFileSync(join(directory, 'usage.db'), '');
    open();
    expect(report().found).toMatch(/gone or empty/);
    await works();
    expect(store!.lastPosition()).toBeGreaterThan(1_000_000_000_000);
  });

  it.each([
    ['before the old one was moved', ['spool.db', 'spool.db.new'], 'old'],
    ['after the old one was moved', ['spool.db.new'], 'new'],
    ['before its log was moved, too', ['spool.db.new', 'spool.db-wal'], 'new'],
  ])('is mended to the end after a crash %s', async (_, files, which) => {
    await fill();
    await nextProcess();
    copyFileSync(path(), join(directory, 'spool.db.new'));
    for (const name of ['spool.db', 'spool.db-wal'].filter((one) => !files.includes(one)))
      rmSync(join(directory, name), { force: true });
    if (files.includes('spool.db-wal')) writeFileSync(`${path()}-wal`, Buffer.alloc(9_000, 1));
    if (which === 'old') strike(join(directory, 'spool.db.new'), 0, 100);
    open().load();
    expect(missing()).toEqual([]);
    expect(readdirSync(directory)).not.toContain('spool.db.new');
    await works();
  });
});
