import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../domain/ports.ts';
import { awaitedTime } from '../testing/awaited-time.ts';
import { batchOf, bedBatch, bedRecord } from '../testing/bed-batch.ts';
import { askDuckDb } from '../testing/read-parquet.fixture.ts';
import { createParquetSink, type ParquetSinkOptions } from './parquet-sink.ts';

const signal = new AbortController().signal;
const HOUR_MS = 3_600_000;
const accepted = { kind: 'accepted' };

describe('parquet sink', () => {
  let directory = '';
  let time = awaitedTime(0);
  const sinks: Sink[] = [];
  const open = (change: Partial<ParquetSinkOptions> = {}) => {
    const sink = createParquetSink({ name: 'lake', directory, ...change }, time);
    sinks.push(sink);
    return sink;
  };
  const files = async (folder = directory) =>
    (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet')).sort();
  const staged = async () => (await readdir(join(directory, '.staging'))).sort();
  const seqs = async () =>
    (await askDuckDb<{ seq: number }>(directory, 'SELECT seq FROM lake ORDER BY seq')).map(({ seq }) => seq);

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'usewire-lake-'));
    time = awaitedTime(Date.UTC(2026, 0, 1, 12, 20));
  });
  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('shows nothing of an hour before it has ended, and then all of it, also when nothing comes any more', async () => {
    expect(await open().deliver(bedBatch(0, 9), signal)).toEqual(accepted);
    await time.pass(HOUR_MS / 2);
    expect(await files()).toEqual([]);
    await time.pass(HOUR_MS / 6);
    expect(await files()).toEqual([
      expect.stringMatching(
        /^product=smart_bed\/point=temperature\/day=2023-11-14\/2026-01-01T12-000000000001-[0-9a-f]{8}\.parquet$/,
      ),
    ]);
    expect(await seqs()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await staged()).toEqual(['.checkpoint.json']);
  });

  it('has columns of the types of the model, and says in the foot of a file what it is', async () => {
    const attributes = { angle: 12.5, place: { lat: 1.5, lon: 2.5 } };
    const records = [
      bedRecord(0, { subject: 'left', flags: ['out_of_range', 'late'], value: -20.5 }),
      bedRecord(1, { point: 'lifted', pointId: 3, kind: 'event', value: null, attributes }),
      bedRecord(2, { point: 'lifts', pointId: 6, kind: 'counter', value: 2 ** 53 - 1 }),
      bedRecord(3, { point: 'in_bed', pointId: 2, kind: 'session', value: 90, timeBoundMs: null }),
    ];
    await open().deliver(batchOf(records), signal);
    await time.pass(HOUR_MS);
    const columns = await askDuckDb<{ name: string; type: string }>(
      directory,
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM lake)`,
    );
    expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toMatchObject({
      tenant: 'VARCHAR',
      seq: 'BIGINT',
      idx: 'INTEGER',
      time: 'TIMESTAMP WITH TIME ZONE',
      flags: 'VARCHAR',
      value_celsius: 'DOUBLE',
      value: 'BIGINT',
      duration_s: 'DOUBLE',
      place_lat: 'DOUBLE',
      product: 'VARCHAR',
      day: 'DATE',
    });
    expect(
      await askDuckDb(
        directory,
        `SELECT point, subject, time, flags, value_celsius, angle_degrees, place_lon, value, duration_s, time_bound_ms
         FROM lake ORDER BY seq`,
      ),
    ).toMatchObject([
      {
        point: 'temperature',
        subject: 'left',
        time: 1_700_000_000_000,
        flags: 'out_of_range late',
        value_celsius: -20.5,
      },
      { point: 'lifted', flags: null, angle_degrees: 12.5, place_lon: 2.5, value: null },
      { point: 'lifts', value: 2 ** 53 - 1 },
      { point: 'in_bed', duration_s: 90, time_bound_ms: null },
    ]);
    const [file] = await files(join(directory, 'product=smart_bed', 'point=temperature'));
    const path = join(directory, 'product=smart_bed', 'point=temperature', file!);
    const foot = await askDuckDb<{ key: string; value: string }>(
      directory,
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${path}')`,
    );
    expect(Object.fromEntries(foot.map(({ key, value }) => [key, value]))).toEqual({
      product: 'smart_bed',
      point: 'temperature',
      kind: 'gauge',
      purpose: 'comfort',
      sensitivity: 'personal',
      unit: 'Cel',
    });
  });

  it('puts each record into the folder of the day on which it happened', async () => {
    const days = [Date.UTC(2026, 0, 1, 0, 0), Date.UTC(2025, 11, 31, 23, 59, 59), 0];
    await open().deliver(batchOf(days.map((atMs, seq) => bedRecord(seq, { atMs }))), signal);
    await time.pass(HOUR_MS);
    expect(await askDuckDb(directory, 'SELECT seq, day::text AS day FROM lake ORDER BY seq')).toEqual([
      { seq: 0, day: '2026-01-01' },
      { seq: 1, day: '2025-12-31' },
      { seq: 2, day: '1970-01-01' },
    ]);
  });

  it('keeps what was lost beside the points', async () => {
    const attributes = { cause: 'evicted', from: 7, span_ms: 60_000 };
    const gap = bedRecord(0, { point: 'gap', pointId: 0, kind: 'gap', value: 12, attributes });
    await open().deliver(batchOf([gap]), signal);
    await time.pass(HOUR_MS);
    expect(
      await askDuckDb(directory, 'SELECT product, point, lost, cause, first_seq, span_ms FROM lake'),
    ).toEqual([
      { product: 'smart_bed', point: 'gap', lost: 12, cause: 'evicted', first_seq: 7, span_ms: 60_000 },
    ]);
  });

  it('does not wait for the hour when much has come', async () => {
    const sink = open({ rotateBytes: 65_536 });
    await sink.deliver(bedBatch(0, 999), signal);
    await sink.deliver(bedBatch(1_000, 1_000), signal);
    expect(await seqs()).toEqual(Array.from({ length: 1_000 }, (_, seq) => seq));
    await time.pass(HOUR_MS);
    expect((await seqs()).length).toBe(1_001);
  });

  it('refuses a value that its column cannot hold, and names it', async () => {
    const half = bedRecord(0, { point: 'lifts', pointId: 6, kind: 'counter', value: 1.5 });
    expect(await open().deliver(batchOf([half]), signal)).toEqual({
      kind: 'rejected',
      reason: 'record 1/0/0: value is 1.5, and int64 cannot hold it',
    });
  });

  describe('a gateway that ends in the middle', () => {
    it('finds its hour again, ends it in time, and has each record once', async () => {
      const before = open();
      await before.deliver(bedBatch(0, 2), signal);
      await before.close();
      const after = open();
      await after.deliver(bedBatch(0, 2), signal);
      await after.deliver(bedBatch(2, 4), signal);
      await time.pass(HOUR_MS);
      expect(await seqs()).toEqual([0, 1, 2, 3, 4]);
      expect(await files()).toHaveLength(1);
    });

    it('ends an hour that has passed meanwhile without waiting for a batch', async () => {
      const before = open();
      await before.deliver(bedBatch(0, 2), signal);
      await before.close();
      await time.pass(5 * HOUR_MS);
      open();
      expect(await files()).toEqual([]);
      await time.pass(1_000);
      expect(await seqs()).toEqual([0, 1, 2]);
    });

    it('made its files and did not write down that it had: they replace themselves', async () => {
      const before = open();
      await before.deliver(bedBatch(0, 2), signal);
      const staging = join(directory, '.staging');
      const kept = await mkdtemp(join(tmpdir(), 'usewire-kept-'));
      for (const name of await staged()) await copyFile(join(staging, name), join(kept, name));
      await time.pass(HOUR_MS);
      const made = await files();
      await before.close();
      // As if the power had gone right before the checkpoint was written.
      for (const name of await readdir(kept)) await copyFile(join(kept, name), join(staging, name));
      await rm(kept, { recursive: true });
      await open().deliver(bedBatch(3, 3), signal);
      expect(await files()).toEqual(made);
      await time.pass(HOUR_MS);
      expect(await seqs()).toEqual([0, 1, 2, 3]);
    });

    it('left a journal whose files are all made, a torn line and half a file: nobody sees them', async () => {
      const before = open();
      await before.deliver(bedBatch(0, 2), signal);
      await before.close();
      const staging = join(directory, '.staging');
      const journal = (await staged()).find((name) => name.endsWith('.journal'))!;
      await writeFile(join(staging, journal), `${await readFile(join(staging, journal), 'utf8')}[0,"ac`);
      await writeFile(join(staging, '2026-01-01T11-000000000001-00000000.journal'), '[0,"acme"]\n');
      await writeFile(join(staging, 'file.tmp'), 'PAR1');
      await open().deliver(bedBatch(3, 3), signal);
      await time.pass(HOUR_MS);
      expect(await seqs()).toEqual([0, 1, 2, 3]);
    });
  });

  it('tries again when a file cannot be put, and meanwhile takes nothing', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 2), signal);
    await writeFile(join(directory, 'product=smart_bed'), 'in the way');
    await time.pass(HOUR_MS);
    expect(await sink.deliver(bedBatch(3, 3), signal)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
    await rm(join(directory, 'product=smart_bed'));
    await time.pass(60_000);
    expect(await seqs()).toEqual([0, 1, 2]);
    expect(await sink.deliver(bedBatch(3, 3), signal)).toEqual(accepted);
  });

  it('goes on when somebody took the journal away, and says so when it is spoilt', async () => {
    const sink = open();
    await sink.deliver(bedBatch(0, 0), signal);
    const staging = join(directory, '.staging');
    const journal = async () => join(staging, (await staged()).find((name) => name.endsWith('.journal'))!);
    await rm(await journal());
    await time.pass(HOUR_MS);
    expect(await sink.deliver(bedBatch(1, 1), signal)).toEqual(accepted);
    const text = await readFile(await journal(), 'utf8');
    await writeFile(await journal(), text.replaceAll('"', '!'));
    await time.pass(HOUR_MS);
    expect(await sink.deliver(bedBatch(2, 2), signal)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/\.journal, line 1 is no line of ours: move it away to go on without it/),
    });
  });

  it('makes no folder before the first batch', async () => {
    await rm(directory, { recursive: true });
    open();
    await time.pass(1_000);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
    await mkdir(directory);
  });
});
