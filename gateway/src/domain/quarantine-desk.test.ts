import {
  type Entry,
  encodeModel,
  encodeRecords,
  event,
  int,
  modelTable,
  product,
} from '@usewire/protocol/model';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import { describe, expect, it } from 'vitest';
import { openSqliteSpool } from '../spool/sqlite-spool.ts';
import { manualTime } from '../testing/manual-time.ts';
import { commitQueue } from './commit-queue.ts';
import { consentBook } from './consent/consent-book.ts';
import { nobodyAgreed } from './consent/coverage.ts';
import { zeroCounters } from './counters.ts';
import { deviceRegistry } from './devices.ts';
import { noErasures } from './erasure/desk-types.ts';
import { createRecordDecoder } from './forward-records.ts';
import { takeIn } from './intake.ts';
import type { IntakeContext } from './intake-context.ts';
import { modelRegistry } from './models.ts';
import { quarantineDesk, type ReplayReport, type ReplayRequest } from './quarantine-desk.ts';
import { noSealKeys } from './seal-state.ts';
import { settleGroup } from './settle.ts';

const id = { tenant: 't', device: 'b' };
const ofVersion = (version: number, most: number) =>
  product('test.lamp', version, {
    purposes: { service: { basis: 'contract', code: 'service_provision' } },
    points: { switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, most) } }) },
  });
const wrong = modelTable(ofVersion(1, 100));
const corrected = ofVersion(2, 200);

function message(seq: number, brightness: number): Uint8Array {
  const table = modelTable(corrected);
  const entries: Entry[] = [{ form: 'record', point: 1, atMs: 1_000, values: [brightness] }];
  const records = encodeRecords(table, 1_000, entries, 'plain');
  const modelHash = wrong.hash.subarray(0, 4);
  return encodeMessage({ kind: Kind.data, seq, boot: 1, uptimeMs: 1_000, modelHash, epoch: 0, records });
}

function bench() {
  const room = { maxBytes: 2 ** 30, maxQuarantineBytes: 2 ** 24, maxQuarantineBytesPerDevice: 2 ** 24 };
  const store = openSqliteSpool({ directory: null, ...room });
  const time = manualTime();
  const counters = zeroCounters();
  const none = () => {};
  const log = { debug: none, info: none, warn: none, error: none };
  const ports = { spool: store, scheduler: time, clock: time, log, onPressure: none };
  const queue = commitQueue(
    { maxCommitMessages: 1_000, maxCommitBytes: 2 ** 20, highWaterBytes: 2 ** 30 },
    { ...ports, onCommitted: (group) => settleGroup(group, counters) },
  );
  const context: IntakeContext = {
    options: { earliestPlausibleMs: 0, maxParkedBytes: 2 ** 20 },
    ...{
      clock: time,
      log,
      queue,
      devices: deviceRegistry(),
      models: modelRegistry({ maxModels: 10, maxModelsPerTenant: 10 }),
      store,
      counters,
    },
    downlink: { send: none },
    seals: { keys: noSealKeys, policy: { minimum: 0, behind: null, byTable: false } },
    releasing: new Set(),
    erasures: noErasures,
    consents: consentBook({ controller: '', jurisdiction: '', validForMs: null }, [], {
      newSalt: () => new Uint8Array(16),
      takenBack: () => {},
    }),
  };
  context.models.give(encodeModel(ofVersion(1, 100)));
  const desk = quarantineDesk(context);
  async function replay(change: Partial<ReplayRequest> = {}): Promise<ReplayReport> {
    const answer = desk.replay({ filter: {}, by: 'a test', limit: 10_000, dryRun: false, ...change });
    await time.settle();
    const done = await answer;
    if (!done.ok) throw new Error(done.problem);
    return done.report;
  }
  async function take(payload: Uint8Array): Promise<void> {
    const device = context.devices.entry(id, time.nowMs());
    const nobody = { link: 'mqtt', target: null, token: 0, linkAgeMs: null };
    takeIn(context, { device, payload, ...nobody, receivedAtMs: time.nowMs() });
    await time.settle();
  }
  const rows = () => store.readAfter(0, { messages: 1_000, bytes: 1e9 });
  return { store, context, counters, desk, replay, take, rows, time };
}

const model = encodeModel(corrected);

describe('replay of quarantine (Q2)', () => {
  it('stores what is right by the corrected model, read with it ever after, and keeps what is not', async () => {
    const b = bench();
    for (const [seq, brightness] of [150, 120, 900, 50].entries()) await b.take(message(seq, brightness));
    expect(b.counters).toMatchObject({ messages: 1, quarantined: { outOfRange: 3 } });
    expect(await b.replay({ model })).toMatchObject({
      examined: 3,
      stored: 2,
      records: 2,
      refused: { outOfRange: 1 },
    });
    expect(b.store.quarantine({}).map((entry) => entry.seq)).toEqual([2]);
    const decode = createRecordDecoder(b.context.models.find, nobodyAgreed);
    const decoded = decode(b.rows());
    const read = decoded.ok && decoded.records.map(({ seq, attributes }) => [seq, attributes.brightness]);
    expect(read).toEqual([
      [3, 50],
      [0, 150],
      [1, 120],
    ]);
    expect(b.store.load().models).toHaveLength(1);
  });

  it('does the same twice as once, also with two runs side by side', async () => {
    const b = bench();
    for (let seq = 0; seq < 10; seq += 1) await b.take(message(seq, 150));
    const [one, two] = await Promise.all([b.replay({ model }), b.replay({ model })]);
    expect(one.stored + two.stored).toBe(10);
    expect(await b.replay({ model })).toMatchObject({ examined: 0, stored: 0 });
    expect(b.rows().map((row) => row.seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { received, released, messages, duplicates } = b.counters;
    expect({ received, released, messages, duplicates }).toEqual({
      received: 0,
      released: 10,
      messages: 10,
      duplicates: 0,
    });
  });

  it('says before what it would do, and changes nothing by it', async () => {
    const b = bench();
    for (const seq of [0, 1, 1, 2]) await b.take(message(seq, seq === 2 ? 900 : 150));
    const told = await b.replay({ model, dryRun: true });
    expect(told).toMatchObject({ examined: 4, stored: 2, duplicates: 1, refused: { outOfRange: 1 } });
    expect([b.rows(), b.store.audit(), b.context.models.all().length]).toEqual([[], [], 1]);
    expect(await b.replay({ model })).toEqual(told);
  });

  it('lets a copy of what was stored since leave, and never brings a message to sinks twice', async () => {
    const b = bench();
    await b.take(message(0, 150));
    await b.take(message(0, 50));
    const sink = { reason: 'sinkRejected', detail: 'boot 1 seq 0: HTTP 400', link: 'sink:cloud', topic: '' };
    await b.store.commit([], [{ ...id, receivedAtMs: 1, ...sink, payload: message(0, 50) }]);
    expect(await b.replay({ model })).toMatchObject({
      stored: 0,
      duplicates: 1,
      refused: { sinkRejected: 1 },
    });
    expect(b.rows()).toHaveLength(1);
  });

  it('goes on where a call ended', async () => {
    const b = bench();
    for (let seq = 0; seq < 5; seq += 1) await b.take(message(seq, 150));
    const first = await b.replay({ model, limit: 3 });
    expect(first).toMatchObject({ stored: 3, nextId: 3 });
    expect(await b.replay({ model, limit: 3, filter: { afterId: 3 } })).toMatchObject({
      stored: 2,
      nextId: null,
    });
  });

  it('says what is wrong with a model', async () => {
    const { desk } = bench();
    const request = { filter: {}, by: 'a test', limit: 1, dryRun: true, model: Uint8Array.of(1) };
    expect(await desk.replay(request)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('no model'),
    });
  });
});

describe('drop', () => {
  it('deletes what the filter names, and the audit keeps who, when and what', async () => {
    const b = bench();
    for (const seq of [0, 1]) await b.take(message(seq, 150));
    await b.take(Uint8Array.of(0xff));
    const dropped = b.desk.drop({ filter: { reason: 'malformed' }, by: 'ann', limit: 100 });
    await b.time.settle();
    expect(await dropped).toEqual({ dropped: 1, nextId: null });
    expect(b.store.quarantine({}).map((entry) => entry.reason)).toEqual(['outOfRange', 'outOfRange']);
    const [entry] = b.store.audit();
    expect(entry).toMatchObject({ by: 'ann', what: 'quarantine.drop', atMs: b.time.nowMs() });
    expect(JSON.parse(entry!.detail)).toMatchObject({ entries: 1, byReason: { malformed: 1 } });
  });
});
