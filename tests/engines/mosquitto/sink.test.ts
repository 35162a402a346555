import { createRequire } from 'node:module';
import { createMqttSink, type MqttSinkOptions, type Sink } from '@usewire/gateway';
import { decode } from 'cborg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  batchOf,
  describeSinkContract,
  kettleBatch,
  kettleRecord,
  never,
} from '../../contract/sink-contract.ts';
import { findMosquitto, type Mosquitto, startMosquitto } from './server.mjs';
import { type Subscriber, subscribe } from './subscriber.ts';

/** Eclipse Tahu's decoder: knows nothing of us. */
const sparkplug = createRequire(import.meta.url)('sparkplug-payload').get('spBv1.0') as {
  decodePayload(bytes: Uint8Array): SparkplugPayload;
  encodePayload(payload: object): Uint8Array;
};

interface SparkplugPayload {
  seq?: unknown;
  metrics: {
    name: string;
    type: string;
    value: unknown;
    timestamp: unknown;
    isHistorical?: boolean;
    properties?: { id?: { value: string } };
  }[];
}

const bin = findMosquitto();
const why = bin ? '' : ' (skipped: no Mosquitto 2 here)';
const accepted = { kind: 'accepted' };

describe.skipIf(bin === null)(`MQTT upstream${why}`, () => {
  let server: Mosquitto;
  let all: Subscriber;
  const sinks: Sink[] = [];

  beforeAll(async () => {
    server = await startMosquitto(bin!);
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    all = await subscribe(server.url, '#');
  });
  afterEach(async () => {
    for (const sink of sinks.splice(0)) await sink.close();
    await all.close();
  });

  const open = (change: Partial<MqttSinkOptions> = {}) => {
    const sink = createMqttSink({ name: 'out', url: server.url, timeoutMs: 5_000, ...change });
    sinks.push(sink);
    return sink;
  };

  describe.each([4, 5] as const)('version %i', (protocolVersion) => {
    describeSinkContract('mqtt', async () => ({
      open: () => open({ protocolVersion }),
      /** As a receiver of CloudEvents does it: each source and id once. */
      async arrived() {
        await all.settled();
        const events = all.heard.flatMap(
          ({ payload }) => JSON.parse(String(payload)) as { source: string; id: string }[],
        );
        const once = new Map(events.map((event) => [`${event.source} ${event.id}`, event.id]));
        return [...once.values()].map((id) => Number(id.split('/')[1]));
      },
      async break() {
        await server.stop('SIGTERM');
        return () => server.start();
      },
      refuse: null,
      remove: async () => {},
    }));
  });

  it('publishes what one message of a device says of one point under its topic, with QoS 1', async () => {
    const sink = open({ topic: 'plant/{product}/{tenant}/{device}/{point}' });
    const records = [
      kettleRecord(0),
      kettleRecord(0, { index: 1 }),
      kettleRecord(0, { index: 2, point: 'boils', value: 3 }),
      kettleRecord(1, { device: 'a/b+c#' }),
    ];
    expect(await sink.deliver(batchOf(records), never)).toEqual(accepted);
    await all.settled();
    expect(all.heard.map(({ topic, id, qos, contentType }) => [topic, id, qos, contentType])).toEqual([
      [
        'plant/kettle/acme/kettle-1/water',
        'acme/kettle-1/7/0/0',
        1,
        'application/cloudevents-batch+json; charset=utf-8',
      ],
      [
        'plant/kettle/acme/kettle-1/boils',
        'acme/kettle-1/7/0/2',
        1,
        'application/cloudevents-batch+json; charset=utf-8',
      ],
      [
        'plant/kettle/acme/a_b_c_/water',
        'acme/a/b+c#/7/1/0',
        1,
        'application/cloudevents-batch+json; charset=utf-8',
      ],
    ]);
  });

  it('says SenML in CBOR, as another decoder reads it (RFC 8428)', async () => {
    const sink = open({ payload: 'senml-cbor' });
    const records = [
      kettleRecord(0, { value: 20.5, attributes: { fill: 'high' } }),
      kettleRecord(0, { index: 1, value: 21, atMs: 1_700_000_000_250 }),
      kettleRecord(1, { point: 'heating', value: 90 }),
    ];
    expect(await sink.deliver(batchOf(records), never)).toEqual(accepted);
    await all.settled();
    const packs = all.heard.map(
      ({ payload }) => decode(payload, { useMaps: true }) as Map<number, unknown>[],
    );
    expect(all.heard[0]!.contentType).toBe('application/senml+cbor');
    const [baseName, baseTime, name, unit, number, text, time] = [-2, -3, 0, 1, 2, 3, 6];
    expect(packs[0]!.map((record) => Object.fromEntries(record))).toEqual([
      {
        [baseName]: 'urn:pou:acme:kettle-1:',
        [baseTime]: 1_700_000_000,
        [name]: 'water/value_celsius',
        [unit]: 'Cel',
        [number]: 20.5,
      },
      { [name]: 'water/fill', [text]: 'high' },
      { [name]: 'water/value_celsius', [unit]: 'Cel', [number]: 21, [time]: 0.25 },
    ]);
    expect(Object.fromEntries(packs[1]![0]!)).toMatchObject({ [name]: 'heating/duration_s', [number]: 90 });
  });

  it('refuses a time that SenML cannot say instead of saying another', async () => {
    const old = batchOf([kettleRecord(0, { atMs: 0 })]);
    expect(await open({ payload: 'senml-cbor' }).deliver(old, never)).toEqual({
      kind: 'rejected',
      reason: 'record 7/0/0: SenML has no absolute time before 1978-07-04 (RFC 8428, 4.5.3)',
    });
  });

  describe('Sparkplug B, as the decoder of Eclipse Tahu reads it', () => {
    const spark = { payload: 'sparkplug-b', sparkplug: { group: 'plant', node: 'gateway-1' } } as const;
    const told = async () => {
      await all.settled();
      return all.heard
        .filter(({ topic }) => topic.startsWith('spBv1.0/'))
        .map(({ topic, payload }) => ({ topic, ...sparkplug.decodePayload(payload) }));
    };

    it('gives birth to node and device, then says data, counted from 0', async () => {
      const sink = open(spark);
      const records = [
        kettleRecord(0, { value: 20.5, attributes: { fill: 'high' } }),
        kettleRecord(1, { atMs: 1_600_000_000_000, value: 19 }),
        kettleRecord(2, { point: 'boils', value: 7 }),
      ];
      expect(await sink.deliver(batchOf(records), never)).toEqual(accepted);
      const said = await told();
      expect(said.map(({ topic, seq }) => [topic, Number(seq)])).toEqual([
        ['spBv1.0/plant/NBIRTH/gateway-1', 0],
        ['spBv1.0/plant/DBIRTH/gateway-1/acme.kettle-1', 1],
        ['spBv1.0/plant/DDATA/gateway-1/acme.kettle-1', 2],
        ['spBv1.0/plant/DDATA/gateway-1/acme.kettle-1', 3],
        ['spBv1.0/plant/DDATA/gateway-1/acme.kettle-1', 4],
      ]);
      expect(said[0]!.metrics).toMatchObject([
        { name: 'bdSeq', type: 'UInt64' },
        { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
      ]);
      const names = said[1]!.metrics.map(({ name, type, value }) => [name, type, value]);
      expect(names).toContainEqual(['water/value_celsius', 'Double', null]);
      expect(names).toContainEqual(['water/fill', 'String', null]);
      for (const { name } of said.slice(2).flatMap(({ metrics }) => metrics))
        expect(names.map(([born]) => born)).toContain(name);
      expect(said[2]!.metrics).toMatchObject([
        {
          name: 'water/value_celsius',
          type: 'Double',
          value: 20.5,
          properties: { id: { value: 'acme/kettle-1/7/0/0' } },
        },
        { name: 'water/fill', type: 'String', value: 'high' },
      ]);
      expect(Number(said[2]!.metrics[0]!.timestamp)).toBe(1_700_000_000_000);
      expect(said.slice(2).map(({ metrics }) => metrics[0]!.isHistorical ?? false)).toEqual([
        false,
        true,
        false,
      ]);
    });

    it('is said to be dead by the broker, under the number of its birth, when the gateway goes', async () => {
      const sink = open(spark);
      await sink.deliver(kettleBatch(0, 0), never);
      await sink.close();
      const bdSeqOf = ({ metrics }: SparkplugPayload) =>
        Number(metrics.find(({ name }) => name === 'bdSeq')!.value);
      const dead = async () => (await told()).find(({ topic }) => topic === 'spBv1.0/plant/NDEATH/gateway-1');
      await expect.poll(async () => (await dead())?.metrics.length).toBe(1);
      expect(bdSeqOf((await dead())!)).toBe(bdSeqOf((await told())[0]!));
    });

    it('is born again when a host asks, and counts on', async () => {
      const sink = open(spark);
      await sink.deliver(kettleBatch(0, 1), never);
      const rebirth = { name: 'Node Control/Rebirth', type: 'Boolean', value: true };
      const command = sparkplug.encodePayload({ timestamp: Date.now(), metrics: [rebirth] });
      await all.client.publishAsync('spBv1.0/plant/NCMD/gateway-1', Buffer.from(command), { qos: 1 });
      const births = async () => (await told()).filter(({ topic }) => /[ND]BIRTH/.test(topic));
      await expect.poll(async () => (await births()).length).toBe(4);
      await sink.deliver(kettleBatch(2, 2), never);
      expect((await told()).slice(-3).map(({ topic, seq }) => [topic.split('/')[2], Number(seq)])).toEqual([
        ['NBIRTH', 0],
        ['DBIRTH', 1],
        ['DDATA', 2],
      ]);
    });

    it('counts to 255 and begins anew', async () => {
      await open(spark).deliver(kettleBatch(0, 299), never);
      const seqs = (await told()).map(({ seq }) => Number(seq));
      expect(seqs).toEqual(Array.from({ length: 302 }, (_, i) => i % 256));
    });
  });

  it('gives up an attempt on a broker that holds still, and stops at once when the gateway does', async () => {
    const sink = open({ timeoutMs: 400 });
    await sink.deliver(kettleBatch(0, 0), never);
    server.signal('SIGSTOP');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual({
      kind: 'retry',
      reason: 'no answer within 400 ms',
    });
    const stop = new AbortController();
    const stopping = open({ timeoutMs: 60_000 }).deliver(kettleBatch(1, 1), stop.signal);
    stop.abort();
    expect(await stopping).toEqual({ kind: 'retry', reason: 'the gateway is stopping' });
    server.signal('SIGCONT');
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual(accepted);
  });

  it('finds by itself that the connection broke while nothing was said', async () => {
    const sink = open();
    await sink.deliver(kettleBatch(0, 0), never);
    await server.stop('SIGTERM');
    await server.start();
    expect(await sink.deliver(kettleBatch(1, 1), never)).toEqual(accepted);
  });
});

describe.skipIf(bin === null)(`an MQTT broker with limits${why}`, () => {
  let server: Mosquitto;
  beforeAll(async () => {
    server = await startMosquitto(bin!, ['allow_anonymous true', 'max_packet_size 4096']);
  });
  afterAll(() => server.remove());

  it('gets what is larger than it takes in parts, and one record that is too large is refused', async () => {
    const all = await subscribe(server.url, '#');
    const sink = createMqttSink({ name: 'out', url: server.url, timeoutMs: 5_000 });
    const many = Array.from({ length: 40 }, (_, index) => kettleRecord(0, { index }));
    expect(await sink.deliver(batchOf(many), never)).toEqual(accepted);
    await all.settled();
    expect(all.heard.length).toBeGreaterThan(5);
    const large = kettleRecord(1, { subject: 'x'.repeat(5_000) });
    expect(await sink.deliver(batchOf([large]), never)).toMatchObject({
      kind: 'rejected',
      reason: expect.stringMatching(/^record 7\/1\/0 has \d+ bytes, the server takes 3072$/),
    });
    await sink.close();
    await all.close();
  });
});

describe.skipIf(bin === null)(`an MQTT broker with passwords${why}`, () => {
  let server: Mosquitto;
  beforeAll(async () => {
    server = await startMosquitto(bin!, ['allow_anonymous false']);
  });
  afterAll(() => server.remove());

  it.each([4, 5] as const)('is tried again by who is not let in, in version %i', async (protocolVersion) => {
    const sink = createMqttSink({
      ...{ name: 'out', url: server.url, protocolVersion, username: 'usewire', password: 'wrong' },
    });
    expect(await sink.deliver(kettleBatch(0, 0), never)).toMatchObject({
      kind: 'retry',
      reason: expect.stringMatching(/Connection refused: Not authorized/i),
    });
    await sink.close();
  });
});
