import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gauge, type Model, num, optional, product, text } from '@usewire/protocol/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SinkRecord } from '../domain/ports.ts';
import { batchOf, bedRecord } from '../testing/bed-batch.ts';
import { openDatabase } from './sqlite/open-database.ts';
import { createSqliteSink } from './sqlite-sink.ts';

const signal = new AbortController().signal;
const purposes = { comfort: { basis: 'contract', code: 'service_provision' } } as const;

describe('sqlite sink', () => {
  let directory = '';
  let file = '';
  const open = () => createSqliteSink({ name: 'usage', file });

  function query(sql: string): unknown[] {
    const db = openDatabase(file);
    const rows = db.prepare(sql).all();
    db.close();
    return rows.map((row) => ({ ...(row as object) }));
  }

  async function store(...records: SinkRecord[]) {
    const sink = open();
    expect(await sink.deliver(batchOf(records), signal)).toEqual({ kind: 'accepted' });
    await sink.close();
  }

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'usewire-sqlite-'));
    file = join(directory, 'deep', 'usage.db');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('deletes what has been held for as long as it may be, point by point, however many rows there are', async () => {
    const now = 1_900_000_000_000;
    const day = 86_400_000;
    const old = (i: number, point: string, age: number) =>
      bedRecord(i, { point, kind: 'gauge', value: 1, receivedAtMs: now - age * day });
    // More than one turn's rows; every third of them is over.
    const many = Array.from({ length: 4_500 }, (_, i) => old(i, 'temperature', i % 3 === 0 ? 31 : 29));
    const lifts = [old(0, 'lifts', 31), old(1, 'lifts', 366)];
    const sink = open();
    expect(await sink.deliver(batchOf([...many, ...lifts]), signal)).toEqual({ kind: 'accepted' });
    const of = { product: 'smart_bed', purpose: 'comfort', code: 'service_provision' };
    const known = [
      { ...of, point: 'temperature', pointId: 4, modelDays: 365, days: 30 },
      { ...of, point: 'lifts', pointId: 6, modelDays: 365, days: 365 },
    ];
    expect(await sink.retain!(known, now)).toBe(1_501);
    expect(await sink.retain!(known, now)).toBe(0);
    await sink.close();
    const count = (view: string) => query(`SELECT count(*) AS n FROM ${view}`);
    expect([count('smart_bed_temperature'), count('smart_bed_lifts')]).toEqual([[{ n: 3_000 }], [{ n: 1 }]]);
  });

  it('has nothing to delete before it has stored anything', async () => {
    const sink = open();
    expect(await sink.retain!([], 1)).toBe(0);
    await sink.close();
  });

  it('gives every point a view with device, subject, time as text, the unit in the name', async () => {
    await store(bedRecord(0, { subject: 'left', value: 99.9, flags: ['out_of_range'] }));
    expect(query('SELECT device, subject, time, value_celsius, flags FROM smart_bed_temperature')).toEqual([
      {
        device: 'bed-1',
        subject: 'left',
        time: '2023-11-14T22:13:20.000Z',
        value_celsius: 99.9,
        flags: 'out_of_range',
      },
    ]);
  });

  it('gives attributes real columns, with their units', async () => {
    const attributes = { angle: 12.5, place: { lat: 51.5, lon: -0.12, accuracyM: 8 } };
    await store(bedRecord(0, { point: 'lifted', kind: 'event', value: null, attributes }));
    expect(
      query('SELECT angle_degrees, place_lat, place_lon, place_accuracy_m FROM smart_bed_lifted'),
    ).toEqual([{ angle_degrees: 12.5, place_lat: 51.5, place_lon: -0.12, place_accuracy_m: 8 }]);
  });

  it('shows sessions with begin, end and duration in seconds', async () => {
    await store(
      bedRecord(0, { point: 'in_bed', kind: 'session', value: 90, attributes: { mattress: 'soft' } }),
    );
    expect(query('SELECT device, point, time, end_time, duration_s FROM sessions')).toEqual([
      {
        device: 'bed-1',
        point: 'in_bed',
        time: '2023-11-14T22:13:20.000Z',
        end_time: '2023-11-14T22:14:50.000Z',
        duration_s: 90,
      },
    ]);
    expect(query('SELECT mattress FROM smart_bed_in_bed')).toEqual([{ mattress: 'soft' }]);
  });

  it('takes a histogram apart', async () => {
    const value = {
      count: 3,
      sum: 120,
      min: 30,
      max: 50,
      scale: 2,
      zeroCount: 0,
      offset: 19,
      buckets: [1, 0, 2],
    };
    await store(bedRecord(0, { point: 'noise', kind: 'distribution', value }));
    expect(query('SELECT count, value_db_sum, value_db_max, value_db_buckets FROM smart_bed_noise')).toEqual([
      { count: 3, value_db_sum: 120, value_db_max: 50, value_db_buckets: '[1,0,2]' },
    ]);
  });

  it('keeps what was lost in a table of its own', async () => {
    const attributes = { cause: 'evicted', from: 7, span_ms: 60_000 };
    await store(bedRecord(3, { point: 'gap', pointId: 0, kind: 'gap', value: 12, attributes }));
    expect(query('SELECT device, lost, cause, first_seq, span_ms, product FROM gaps')).toEqual([
      { device: 'bed-1', lost: 12, cause: 'evicted', first_seq: 7, span_ms: 60_000, product: 'smart_bed' },
    ]);
    expect(query('SELECT * FROM records')).toEqual([]);
  });

  it('shows all points together in one view', async () => {
    await store(bedRecord(0), bedRecord(1, { point: 'mode', kind: 'state', value: 'flat' }));
    expect(query('SELECT point, kind, value, unit FROM records ORDER BY at_ms')).toEqual([
      { point: 'temperature', kind: 'gauge', value: 20.5, unit: 'Cel' },
      { point: 'mode', kind: 'state', value: 'flat', unit: null },
    ]);
  });

  it('has its views before the first record', async () => {
    const sink = open();
    await sink.deliver({ ...batchOf([bedRecord(0)]), records: [] }, signal);
    await sink.close();
    for (const view of ['records', 'sessions', 'gaps']) expect(query(`SELECT * FROM ${view}`)).toEqual([]);
  });

  it('grows columns when a model does, and keeps what was there', async () => {
    const make = (version: number, attributes: Parameters<typeof gauge>[0]['attributes']) =>
      product('mug', version, {
        purposes,
        points: { heat: gauge({ id: 1, for: 'comfort', unit: 'Cel', attributes }) },
      });
    const first = make(1, { note: optional(text()) });
    const second = make(2, { note: optional(text()), fill: optional(num({ unit: 'mL' })) });
    const record = (seq: number, modelHash: string, attributes: SinkRecord['attributes']) =>
      bedRecord(seq, { product: 'mug', point: 'heat', modelHash, attributes, value: 60 });
    const sink = open();
    const deliver = (one: SinkRecord, model: typeof first | typeof second) =>
      sink.deliver(batchOf([one], new Map([[`acme/${one.modelHash}`, model]])), signal);
    await deliver(record(0, 'aaaaaaaa', { note: 'hot' }), first);
    await deliver(record(1, 'bbbbbbbb', { fill: 200 }), second);
    await deliver(record(2, 'aaaaaaaa', { note: 'cold' }), first);
    await sink.close();
    expect(query('SELECT seq, value_celsius, note, fill_ml FROM mug_heat ORDER BY seq')).toEqual([
      { seq: 0, value_celsius: 60, note: 'hot', fill_ml: null },
      { seq: 1, value_celsius: 60, note: null, fill_ml: 200 },
      { seq: 2, value_celsius: 60, note: 'cold', fill_ml: null },
    ]);
  });

  it('keeps apart points whose names read alike, and attributes named like its own columns', async () => {
    const attributes = { device: text(), seq: text() };
    const mug = product('mug', 1, {
      purposes,
      points: { heat_up: gauge({ id: 1, for: 'comfort', attributes }) },
    });
    const heater = product('mug_heat', 1, { purposes, points: { up: gauge({ id: 1, for: 'comfort' }) } });
    const batch = batchOf(
      [
        bedRecord(0, {
          modelHash: 'cccccccc',
          point: 'heat_up',
          value: 1,
          attributes: { device: 'x', seq: 'y' },
        }),
        bedRecord(1, { modelHash: 'dddddddd', point: 'up', value: 2 }),
      ],
      new Map<string, Model>([
        ['acme/cccccccc', mug],
        ['acme/dddddddd', heater],
      ]),
    );
    const sink = open();
    expect(await sink.deliver(batch, signal)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(query('SELECT device, value, device_2, seq_2 FROM mug_heat_up')).toEqual([
      { device: 'bed-1', value: 1, device_2: 'x', seq_2: 'y' },
    ]);
    expect(query('SELECT value FROM mug_heat_up_2')).toEqual([{ value: 2 }]);
  });

  it('stores nothing of a batch that fails in the middle', async () => {
    const sink = open();
    const outcome = await sink.deliver(batchOf([bedRecord(0), bedRecord(1, { point: 'unknown' })]), signal);
    expect(outcome).toMatchObject({ kind: 'retry', reason: expect.stringContaining('unknown') });
    expect(await sink.deliver(batchOf([bedRecord(5)]), signal)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(query('SELECT seq FROM records')).toEqual([{ seq: 5 }]);
  });

  it('leaves other files alone: what is no database is not written over', async () => {
    file = join(directory, 'notes.txt');
    const { writeFileSync, readFileSync } = await import('node:fs');
    writeFileSync(file, 'this is a text and not a database'.repeat(10));
    expect((await open().deliver(batchOf([bedRecord(0)]), signal)).kind).toBe('retry');
    expect(readFileSync(file, 'utf8')).toContain('not a database');
  });
});
