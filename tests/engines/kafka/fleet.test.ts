import { createKafkaSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveThroughKills } from '../fleet-day.ts';
import { linesInTopic } from './lines-in-topic.ts';
import { type KafkaServer, startKafka, whyNoKafka } from './server.mjs';
import { withAdmin } from './topic-reader.ts';

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

  it('has every record once, whatever becomes of the broker: killed three times in the middle of the day', async () => {
    const sink = createKafkaSink({
      name: 'engine',
      brokers: [server.broker],
      topic: 'usage',
      timeoutMs: 5_000,
    });
    const lines = await liveThroughKills(sink, server);
    expect(await linesInTopic(server.broker, 'usage')).toEqual(lines);
  });
});
