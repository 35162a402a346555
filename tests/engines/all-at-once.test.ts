import { createKafkaSink, createNatsSink, createPostgresSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, liveThroughOutages } from './fleet-day.ts';
import { linesInTopic } from './kafka/lines-in-topic.ts';
import { type KafkaServer, startKafka, whyNoKafka } from './kafka/server.mjs';
import { withAdmin } from './kafka/topic-reader.ts';
import { linesInStream } from './nats/lines-in-stream.ts';
import { findNats, type NatsServer, startNats } from './nats/server.mjs';
import { linesInTables } from './postgres/lines-in-tables.ts';
import { findPostgres, type PostgresServer, startPostgres } from './postgres/server.mjs';

const bins = { postgres: findPostgres(), nats: findNats() };
const missing =
  (bins.postgres ? null : 'no initdb and pg_ctl here') ??
  (bins.nats ? null : 'no nats-server here') ??
  whyNoKafka();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a fleet into PostgreSQL, JetStream and Kafka at once${why}`, () => {
  let postgres: PostgresServer;
  let nats: NatsServer;
  let kafka: KafkaServer;

  beforeAll(async () => {
    [postgres, nats, kafka] = await Promise.all([
      startPostgres(bins.postgres!),
      startNats(bins.nats!),
      startKafka(),
    ]);
    await withAdmin(kafka.broker, (admin) =>
      admin.createTopics({ topics: ['usage'], partitions: 3, replicas: 1 }),
    );
  });
  afterAll(() => Promise.all([postgres, nats, kafka].map((server) => server?.remove())));

  const sinks = () => [
    createPostgresSink({ name: 'postgres', url: postgres.url, timeoutMs: 5_000 }),
    createNatsSink({
      name: 'nats',
      servers: [nats.url],
      stream: 'USAGE',
      createStream: { replicas: 1, duplicateWindowSeconds: 1 },
      singleReplicaSyncs: true,
      timeoutMs: 5_000,
    }),
    createKafkaSink({ name: 'kafka', brokers: [kafka.broker], topic: 'usage', timeoutMs: 5_000 }),
  ];

  it('has the same from each, every record once, though each is killed in the day, and then all of them together', async () => {
    const all: Engine = {
      kill: async () => void (await Promise.all([postgres, nats, kafka].map((engine) => engine.kill()))),
      start: async () => void (await Promise.all([postgres, nats, kafka].map((engine) => engine.start()))),
    };
    const lines = await liveThroughOutages(sinks(), [postgres, nats, kafka, all]);
    expect(await linesInTables(postgres)).toEqual(lines);
    expect(await linesInStream(nats.url, 'USAGE')).toEqual(lines);
    expect(await linesInTopic(kafka.broker, 'usage')).toEqual(lines);
  });
});
