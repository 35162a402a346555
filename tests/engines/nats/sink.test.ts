import { DiscardPolicy, StorageType } from '@nats-io/jetstream';
import { createNatsSink, type NatsSinkOptions } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchOf,
  describeSinkContract,
  kettleBatch,
  kettleRecord,
  never,
} from '../../contract/sink-contract.ts';
import { findNats, type NatsServer, startNats } from './server.mjs';
import { readStream, withManager } from './stream-reader.ts';

const bin = findNats();
const why = bin ? '' : ' (skipped: no nats-server here)';

describe.skipIf(bin === null)(`NATS JetStream${why}`, () => {
  let server: NatsServer;
  let streams = 0;

  beforeAll(async () => {
    server = await startNats(bin!);
  });
  afterAll(() => server.remove());

  const nextStream = () => `USAGE_${++streams}`;
  const open = (stream: string, change: Partial<NatsSinkOptions> = {}) =>
    createNatsSink({
      name: 'out',
      servers: [server.url],
      stream,
      subjectPrefix: stream.toLowerCase(),
      createStream: { replicas: 1, duplicateWindowSeconds: 120 },
      singleReplicaSyncs: true,
      timeoutMs: 3_000,
      ...change,
    });
  const read = (stream: string) => readStream(server.url, stream);
  const seqs = async (stream: string) =>
    (await read(stream)).flatMap(({ events }) => events.map(({ id }) => Number(id.split('/')[1])));

  describeSinkContract('nats', async () => {
    const stream = nextStream();
    return {
      open: () => open(stream),
      arrived: () => seqs(stream),
      async break() {
        await server.kill();
        return () => server.start();
      },
      async refuse() {
        await withManager(server.url, (manager) =>
          manager.streams.add({ name: stream, subjects: [`${stream.toLowerCase()}.>`], max_msg_size: 1_100 }),
        );
        return async () => {};
      },
      remove: async () => {
        await withManager(server.url, (manager) => manager.streams.delete(stream).catch(() => false));
      },
    };
  });

  it('sends what one message of a device says of one point as one CloudEvents batch under its subject', async () => {
    const stream = nextStream();
    const sink = open(stream);
    const records = [
      kettleRecord(0, { value: 20.5 }),
      kettleRecord(0, { index: 1, value: 21 }),
      kettleRecord(0, { index: 2, point: 'boils', value: 3 }),
      kettleRecord(1, { product: 'acme.kettle' }),
    ];
    expect(await sink.deliver(batchOf(records), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    const found = await read(stream);
    expect(found.map(({ subject, id, events }) => [subject, id, events.length])).toEqual([
      ['usage_11.acme.kettle-1.kettle.water', 'acme/kettle-1/7/0/0', 2],
      ['usage_11.acme.kettle-1.kettle.boils', 'acme/kettle-1/7/0/2', 1],
      ['usage_11.acme.kettle-1.acme_kettle.water', 'acme/kettle-1/7/1/0', 1],
    ]);
    expect(found[0]!.events[1]).toMatchObject({
      id: '7/0/1',
      source: 'urn:pou:acme:kettle-1',
      time: '2023-11-14T22:13:20.000Z',
      data: { point: 'water', value: 21 },
    });
  });

  it('cuts what is larger than the server takes, and refuses one record that is', async () => {
    const stream = nextStream();
    await withManager(server.url, (manager) =>
      manager.streams.add({ name: stream, subjects: [`${stream.toLowerCase()}.>`], max_msg_size: 4_096 }),
    );
    const sink = open(stream);
    const many = Array.from({ length: 40 }, (_, index) => kettleRecord(0, { index }));
    expect(await sink.deliver(batchOf(many), never)).toEqual({ kind: 'accepted' });
    const large = kettleRecord(1, { subject: 'x'.repeat(5_000) });
    expect(await sink.deliver(batchOf([large]), never)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^record 7\/1\/0 has \d+ bytes, the server takes 3072$/),
    });
    await sink.close();
    const found = await read(stream);
    expect(found.length).toBeGreaterThan(5);
    expect(found.flatMap(({ events }) => events.map(({ id }) => id))).toEqual(
      many.map((r) => `7/0/${r.index}`),
    );
  });

  it('has a record once although the stream has forgotten its id: the window of ids is not what it rests on', async () => {
    const stream = nextStream();
    await withManager(server.url, (manager) =>
      manager.streams.add({
        name: stream,
        subjects: [`${stream.toLowerCase()}.>`],
        // The least that the server takes.
        duplicate_window: 100 * 1e6,
      }),
    );
    const now = Date.now();
    const received = (from: number, to: number) =>
      batchOf(Array.from({ length: to - from + 1 }, (_, i) => kettleRecord(from + i, { receivedAtMs: now })));
    const first = open(stream);
    // Half of the batch is in the stream when the connection breaks.
    await first.deliver(received(0, 2), never);
    await first.close();
    await expect
      .poll(() =>
        withManager(server.url, async (manager) => {
          const { state } = await manager.streams.info(stream);
          return Date.now() - new Date(state.last_ts).getTime() > 300;
        }),
      )
      .toBe(true);
    const second = open(stream);
    expect(await second.deliver(received(0, 5), never)).toEqual({ kind: 'accepted' });
    await second.close();
    expect(await seqs(stream)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('has a record once that a device sends again to another gateway, longer after than the stream knows ids', async () => {
    const stream = nextStream();
    const subjects = [`${stream.toLowerCase()}.>`];
    await withManager(server.url, (manager) =>
      manager.streams.add({ name: stream, subjects, duplicate_window: 100 * 1e6 }),
    );
    const now = Date.now();
    const record = (seq: number, receivedAtMs: number) => kettleRecord(seq, { receivedAtMs, atMs: now });
    const one = open(stream);
    const other = open(stream);
    await one.deliver(batchOf([record(0, now), record(1, now)]), never);
    // It is under way: what it sends from now on is not its first batch.
    await other.deliver(batchOf([kettleRecord(7, { device: 'kettle-2', receivedAtMs: now })]), never);
    await expect.poll(() => Date.now() - now > 300).toBe(true);
    // The device has had no answer, and brings it to the other one, with something new.
    const later = batchOf([record(1, Date.now()), record(2, Date.now())]);
    expect(await other.deliver({ ...later, firstPosition: 50, lastPosition: 51 }, never)).toEqual({
      kind: 'accepted',
    });
    await Promise.all([one.close(), other.close()]);
    expect(await seqs(stream)).toEqual([0, 1, 7, 2]);
  });

  it('keeps one copy when several gateways send the same', async () => {
    const stream = nextStream();
    await open(stream).deliver(kettleBatch(0, 0), never);
    const sinks = Array.from({ length: 4 }, () => open(stream));
    const outcomes = await Promise.all(sinks.map((sink) => sink.deliver(kettleBatch(0, 30), never)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(4).fill('accepted'));
    await Promise.all(sinks.map((sink) => sink.close()));
    expect((await seqs(stream)).sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, seq) => seq));
  });

  it.each([
    ['that is not there and was not asked for', null, { createStream: undefined }, /there is no stream/],
    ['of one replica', {}, { singleReplicaSyncs: false }, /one replica, which acknowledges before it syncs/],
    ['in memory', { storage: StorageType.Memory }, {}, /is kept in memory/],
    ['without acknowledgements', { no_ack: true }, {}, /does not acknowledge/],
    ['of other subjects', { subjects: ['other.>'] }, {}, /does not take usage_\d+\.>/],
  ])('takes no stream %s, and says what to do', async (_, config, options, reason) => {
    const stream = nextStream();
    if (config !== null)
      await withManager(server.url, (manager) =>
        manager.streams.add({ name: stream, subjects: [`${stream.toLowerCase()}.>`], ...config }),
      );
    const sink = open(stream, options);
    expect(await sink.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(reason),
    });
    await sink.close();
    await withManager(server.url, (manager) => manager.streams.delete(stream).catch(() => false));
  });

  it('waits while a stream is full, and goes on when there is room', async () => {
    const stream = nextStream();
    const subjects = [`${stream.toLowerCase()}.>`];
    await withManager(server.url, (manager) =>
      manager.streams.add({ name: stream, subjects, max_msgs: 3, discard: DiscardPolicy.New }),
    );
    const sink = open(stream);
    expect(await sink.deliver(kettleBatch(0, 4), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/maximum messages/),
    });
    await withManager(server.url, async (manager) => {
      const { config } = await manager.streams.info(stream);
      await manager.streams.update(stream, { ...config, max_msgs: 100 });
    });
    expect(await sink.deliver(kettleBatch(0, 4), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect((await seqs(stream)).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives up an attempt on a server that holds still, and stops at once when the gateway does', async () => {
    const stream = nextStream();
    const sink = open(stream, { timeoutMs: 400 });
    await sink.deliver(kettleBatch(0, 0), never);
    server.signal('SIGSTOP');
    expect((await sink.deliver(kettleBatch(1, 1), never)).kind).toBe('retry');
    const stop = new AbortController();
    const stopping = open(stream, { timeoutMs: 60_000 }).deliver(kettleBatch(1, 1), stop.signal);
    stop.abort();
    expect(await stopping).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
    server.signal('SIGCONT');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(await seqs(stream)).toEqual([0, 1]);
  });
});

describe.skipIf(bin === null)(`NATS with credentials${why}`, () => {
  it.each([
    ['a wrong password', { user: 'usewire', password: 'wrong' }, 'retry'],
    ['the right one', { user: 'usewire', password: 'right' }, 'accepted'],
  ])('%s: %o', async (_, credentials, kind) => {
    const server = await startNats(bin!, ['--user', 'usewire', '--pass', 'right']);
    const sink = createNatsSink({
      name: 'out',
      servers: [server.url],
      stream: 'USAGE',
      createStream: { replicas: 1, duplicateWindowSeconds: 120 },
      singleReplicaSyncs: true,
      timeoutMs: 3_000,
      ...credentials,
    });
    const outcome = await sink.deliver(kettleBatch(0, 0), never);
    await sink.close();
    await server.remove();
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'retry') expect(outcome.reason).toMatch(/Authorization Violation/i);
  });
});
