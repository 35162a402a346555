import { createKafkaSink, type KafkaSinkOptions } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  batchOf,
  describeSinkContract,
  kettleBatch,
  kettleRecord,
  never,
} from '../../contract/sink-contract.ts';
import { type KafkaServer, startKafka, whyNoKafka } from './server.mjs';
import { readTopic, withAdmin } from './topic-reader.ts';

const missing = whyNoKafka();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`Apache Kafka${why}`, () => {
  let server: KafkaServer;
  let topics = 0;

  beforeAll(async () => {
    server = await startKafka();
  });
  afterAll(() => server.remove());

  async function nextTopic(config: Record<string, string> = {}): Promise<string> {
    const name = `usage-${++topics}`;
    const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    await withAdmin(server.broker, (admin) =>
      admin.createTopics({ topics: [name], partitions: 3, replicas: 1, configs }),
    );
    return name;
  }

  const open = (topic: string, change: Partial<KafkaSinkOptions> = {}) =>
    createKafkaSink({ name: 'out', brokers: [server.broker], topic, timeoutMs: 10_000, ...change });
  const seqs = async (topic: string) =>
    (await readTopic(server.broker, topic)).map(({ headers }) => Number(headers.ce_id!.split('/')[1]));

  describeSinkContract('kafka', async () => {
    const topic = await nextTopic();
    return {
      open: () => open(topic),
      arrived: () => seqs(topic),
      async break() {
        await server.kill();
        return async () => {
          await server.start();
          await withAdmin(server.broker, (admin) => admin.listTopics());
        };
      },
      async refuse() {
        await withAdmin(server.broker, (admin) =>
          admin.incrementalAlterConfigs({
            validateOnly: false,
            resources: [
              {
                resourceType: 2,
                resourceName: topic,
                configs: [{ name: 'max.message.bytes', configOperation: 0, value: '100' }],
              },
            ],
          }),
        );
        return async () => {};
      },
      remove: async () => {
        await withAdmin(server.broker, (admin) => admin.deleteTopics({ topics: [topic] }));
      },
    };
  });

  it('is one message a record, keyed by device, with the attributes of CloudEvents as headers', async () => {
    const topic = await nextTopic();
    const sink = open(topic);
    const records = [
      kettleRecord(0, { value: 20.5, subject: 'left' }),
      kettleRecord(1, { device: 'kettle-2' }),
    ];
    expect(await sink.deliver(batchOf(records), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    const found = (await readTopic(server.broker, topic)).sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(found).toMatchObject([
      {
        key: 'acme.kettle-1',
        headers: {
          'content-type': 'application/json',
          ce_specversion: '1.0',
          ce_id: '7/0/0',
          ce_source: 'urn:pou:acme:kettle-1',
          ce_type: 'org.pou.record.v1',
          ce_time: '2023-11-14T22:13:20.000Z',
          ce_subject: 'left',
        },
        data: { device: 'kettle-1', point: 'water', value: 20.5 },
      },
      { key: 'acme.kettle-2', headers: { ce_id: '7/1/0' } },
    ]);
  });

  it('keeps what a device says in order, in the partition where other clients put its key', async () => {
    const topic = await nextTopic();
    const sink = open(topic);
    const records = Array.from({ length: 60 }, (_, seq) =>
      kettleRecord(seq, { device: `kettle-${seq % 6}` }),
    );
    await sink.deliver(batchOf(records), never);
    await sink.close();
    const found = await readTopic(server.broker, topic);
    for (let device = 0; device < 6; device += 1) {
      const own = found.filter(({ key }) => key === `acme.kettle-${device}`);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.map(({ headers }) => headers.ce_id)).toEqual(
        Array.from({ length: 10 }, (_, i) => `7/${device + i * 6}/0`),
      );
    }
    // From Java: Utils.toPositive(Utils.murmur2("acme.kettle-1".getBytes())) % 3
    expect(found.find(({ key }) => key === 'acme.kettle-1')!.partition).toBe(1);
  });

  it('takes a batch that is larger than a broker takes at once', async () => {
    const topic = await nextTopic();
    const sink = open(topic);
    const records = Array.from({ length: 3_000 }, (_, seq) => kettleRecord(seq));
    expect(await sink.deliver(batchOf(records), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(await seqs(topic)).toEqual(records.map(({ seq }) => seq));
  });

  it('has a record once when a connection broke in the middle of a batch', async () => {
    const topic = await nextTopic();
    const now = Date.now();
    const received = (from: number, to: number) =>
      batchOf(Array.from({ length: to - from + 1 }, (_, i) => kettleRecord(from + i, { receivedAtMs: now })));
    const first = open(topic);
    await first.deliver(received(0, 2), never);
    await first.close();
    const second = open(topic);
    expect(await second.deliver(received(0, 5), never)).toEqual({ kind: 'accepted' });
    await second.close();
    expect(await seqs(topic)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('makes no topic, and says that there is none', async () => {
    const sink = open('not-there');
    expect(await sink.deliver(kettleBatch(0, 0), never)).toEqual({
      kind: 'retry',
      reason: 'there is no topic "not-there": make it',
    });
    await sink.close();
  });

  it('gives up an attempt on a broker that holds still, and stops at once when the gateway does', async () => {
    const topic = await nextTopic();
    const sink = open(topic, { timeoutMs: 8_000 });
    await sink.deliver(kettleBatch(0, 0), never);
    server.signal('SIGSTOP');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toMatchObject({ kind: 'retry' });
    const stop = new AbortController();
    const stopping = open(topic, { timeoutMs: 60_000 }).deliver(kettleBatch(1, 1), stop.signal);
    stop.abort();
    expect(await stopping).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
    server.signal('SIGCONT');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(await seqs(topic)).toEqual([0, 1]);
  });
});
