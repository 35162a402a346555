import { createKafkaSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf, liveThroughKills } from '../fleet-day.ts';
import { type KafkaServer, startKafka, whyNoKafka } from './server.mjs';
import { readTopic, type TopicRecord, withAdmin } from './topic-reader.ts';

const missing = whyNoKafka();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a fleet into Apache Kafka${why}`, () => {
  let server: KafkaServer;

  beforeAll(async () => {
    server = await startKafka();
    await withAdmin(server.broker, (admin) =>
      admin.createTopics({ topics: ['usage'], partitions: 3, replicas: 1 }),
    );
  });
  afterAll(() => server.remove());

  function lineOfRecord({ headers, data }: TopicRecord): string {
    const [boot = '', seq, index] = headers.ce_id!.split('/');
    const atMs = Date.parse(headers.ce_time!);
    return lineOf({ ...data, boot, seq: Number(seq), index: Number(index), atMs });
  }

  it('has every record once, whatever becomes of the broker: killed three times in the middle of the day', async () => {
    const sink = createKafkaSink({
      name: 'engine',
      brokers: [server.broker],
      topic: 'usage',
      timeoutMs: 5_000,
    });
    const lines = await liveThroughKills(sink, server);
    const records = await readTopic(server.broker, 'usage');
    expect(records.map(lineOfRecord).sort()).toEqual(lines);
  });
});
