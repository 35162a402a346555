import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Admin, Producer } from '@platformatic/kafka';
import { createKafkaSink, createNatsSink, createPostgresSink } from '@usewire/gateway';
import { gauge, modelTable, product } from '@usewire/protocol/model';
import { toHex } from '@usewire/protocol/wire';
import pg from 'pg';
import { startKafka, whyNoKafka } from '../engines/kafka/server.mjs';
import { findNats, startNats } from '../engines/nats/server.mjs';
import { findPostgres, startPostgres } from '../engines/postgres/server.mjs';
import { adaptiveGain, lagAt } from './delivery.mjs';
import { moreEngines } from './lib/more-sinks.mjs';

const BATCH = 1_000;
const purposes = { comfort: { basis: 'contract', code: 'service_provision' } };
const kettle = product('kettle', 1, {
  purposes,
  points: { water: gauge({ id: 1, for: 'comfort', unit: 'Cel', scale: 0.1, range: [0, 100] }) },
});
const modelHash = toHex(modelTable(kettle).hash.subarray(0, 4));

function batchAt(first) {
  // What is old, by the device's clock or the gateway's, is looked for in a stream before it is sent, which is not what is measured here.
  const receivedAtMs = Date.now();
  const records = Array.from({ length: BATCH }, (_, i) => {
    // Twenty records a message, as in the other benchmarks.
    const seq = Math.floor((first + i) / 20);
    const index = (first + i) % 20;
    const device = `kettle-${seq % 50}`;
    const what = { product: 'kettle', point: 'water', pointId: 1, kind: 'gauge', value: (seq % 1_000) / 10 };
    const time = {
      atMs: receivedAtMs - (seq % 1_000),
      uptimeMs: seq * 1_000,
      timeQuality: 3,
      timeBoundMs: 20,
    };
    const context = {
      receivedAtMs,
      consentEpoch: 0,
      modelHash,
      attributes: {},
      flags: [],
    };
    return {
      tenant: 'acme',
      device,
      subject: null,
      boot: '7',
      seq,
      index,
      position: seq + 1,
      ...what,
      ...time,
      ...context,
    };
  });
  const [firstPosition, lastPosition] = [records[0].position, records[BATCH - 1].position];
  const key = `bench/${firstPosition}-${lastPosition}`;
  return { key, firstPosition, lastPosition, records, models: new Map([[`acme/${modelHash}`, kettle]]) };
}

/** What somebody writes with the client library alone: a row's values as parameters, a thousand rows a statement. */
async function plainLoop(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE TABLE plain (tenant text, device text, boot text, seq bigint, idx integer, time timestamptz,
    value double precision, flags text[], PRIMARY KEY (tenant, device, boot, seq, idx))`);
  return {
    async deliver({ records }) {
      const values = records.flatMap((r) => [
        ...[r.tenant, r.device, r.boot, r.seq, r.index, new Date(r.atMs), r.value, r.flags],
      ]);
      const rows = records.map((_, i) => `(${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `$${i * 8 + n}`)})`);
      await client.query(`INSERT INTO plain VALUES ${rows} ON CONFLICT DO NOTHING`, values);
      return { kind: 'accepted' };
    },
    close: () => client.end(),
  };
}

async function measure(sink, batches) {
  const signal = new AbortController().signal;
  await sink.deliver(batches[0], signal);
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (const batch of batches.slice(1)) {
    const outcome = await sink.deliver(batch, signal);
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
  }
  const { user, system } = process.cpuUsage(cpu);
  const records = (batches.length - 1) * BATCH;
  const perCpuS = Math.round(records / ((user + system) / 1e6));
  const perS = Math.round(records / ((performance.now() - started) / 1_000));
  await sink.close();
  return { perCpuS, perS };
}

/** What somebody writes with the client library alone: the same messages as JSON, each awaited among others. */
async function plainPublishing(url) {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: 'PLAIN', subjects: ['plain.>'] });
  const client = jetstream(connection);
  return {
    async deliver({ records }) {
      const acks = [];
      for (let at = 0; at < records.length; at += 20)
        acks.push(client.publish(`plain.${records[at].device}`, JSON.stringify(records.slice(at, at + 20))));
      await Promise.all(acks);
      return { kind: 'accepted' };
    },
    close: () => connection.close(),
  };
}

/** What somebody writes with the client library alone: a message a record, as plain JSON. */
async function plainProducing(broker) {
  const producer = new Producer({
    clientId: 'plain',
    bootstrapBrokers: [broker],
    idempotent: true,
    acks: -1,
  });
  return {
    async deliver({ records }) {
      const messages = records.map((record) => ({
        topic: 'usage',
        key: Buffer.from(`${record.tenant}.${record.device}`),
        value: Buffer.from(JSON.stringify(record)),
      }));
      await producer.send({ messages });
      return { kind: 'accepted' };
    },
    close: () => producer.close(),
  };
}

async function startBroker() {
  const server = await startKafka();
  const admin = new Admin({
    clientId: 'bench',
    bootstrapBrokers: [server.broker],
    retries: 20,
    retryDelay: 250,
  });
  await admin.createTopics({ topics: ['usage'], partitions: 3, replicas: 1 });
  await admin.close();
  return { url: server.broker, remove: server.remove };
}

const engines = {
  postgres: {
    find: findPostgres,
    start: startPostgres,
    missing: 'there is no initdb and pg_ctl here',
    plain: plainLoop,
    sink: (url) => createPostgresSink({ name: 'bench', url }),
  },
  nats: {
    find: findNats,
    start: startNats,
    missing: 'there is no nats-server here',
    plain: plainPublishing,
    sink: (url) =>
      createNatsSink({
        name: 'bench',
        servers: [url],
        stream: 'USAGE',
        createStream: { replicas: 1, duplicateWindowSeconds: 120 },
        singleReplicaSyncs: true,
      }),
  },
  kafka: {
    find: () => (whyNoKafka() === null ? 'maven' : null),
    start: startBroker,
    missing: 'there is no java and mvn here',
    plain: plainProducing,
    sink: (url) => createKafkaSink({ name: 'bench', brokers: [url], topic: 'usage' }),
  },
  ...moreEngines,
};

async function measureEngine(name, { find, start, missing, plain, sink }, { out, quick }) {
  const bin = find();
  if (bin === null) {
    out.write(`  ${name}: skipped, ${missing}\n`);
    return null;
  }
  const server = await start(bin);
  try {
    const batches = Array.from({ length: quick ? 21 : 101 }, (_, i) => batchAt(i * BATCH));
    const loop = await measure(await plain(server.url), batches);
    const usewire = await measure(sink(server.url, server), batches);
    const ratio = Number((usewire.perCpuS / loop.perCpuS).toFixed(2));
    const ours = `${usewire.perCpuS} records a CPU second (${usewire.perS}/s)`;
    out.write(
      `  ${name}: ${ours}, a plain loop with its client ${loop.perCpuS} (${loop.perS}/s): ${ratio} of it\n`,
    );
    const lag = await lagAt(sink(server.url), { recordsPerS: 5_000, seconds: quick ? 4 : 20 });
    out.write(
      `    lag at ${lag.recordsPerS} records/s, of it up to 50 ms for a batch to fill: p50 ${lag.p50Ms} ms, p99 ${lag.p99Ms} ms\n`,
    );
    return { usewire, plain: loop, ratio, lag };
  } finally {
    await server.remove();
  }
}

/** Records a CPU second of the gateway's side, beside a plain loop with the same client library, both in one run; lag; batches at once. */
export async function run({ json = false, quick = false } = {}) {
  const out = json ? process.stderr : process.stdout;
  const figures = {};
  for (const [name, engine] of Object.entries(engines))
    figures[name] = await measureEngine(name, engine, { out, quick });
  const gain = await adaptiveGain({ quick });
  out.write(
    `  http: a receiver of 8 at once, 100 ms each: ${gain.adaptive} records/s with up to ${gain.most} batches at once, ${gain.one} one by one: ${gain.ratio} times\n`,
  );
  figures.adaptive = gain;
  return figures;
}
