import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../../support/usewire-cli.ts';
import { type KafkaServer, startKafka, whyNoKafka } from './server.mjs';
import { withAdmin } from './topic-reader.ts';

const missing = whyNoKafka() ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`usewire doctor of a Kafka sink${why}`, () => {
  let server: KafkaServer;
  let home = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
    server = await startKafka();
    await withAdmin(server.broker, (admin) =>
      admin.createTopics({ topics: ['usage'], partitions: 1, replicas: 1 }),
    );
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it.each<[string, (broker: string) => string, RegExp]>([
    ['that is there', (broker) => `brokers: ["${broker}"], topic: usage`, /^ok .* has topic "usage"\.$/],
    [
      'that is not',
      (broker) => `brokers: ["${broker}"], topic: other`,
      /^problem .*there is no topic "other"/,
    ],
    ['of brokers that are not', () => 'brokers: ["127.0.0.1:9"], topic: usage', /^problem .*127\.0\.0\.1:9/],
  ])('says of a topic %s how it is', async (_, options, says) => {
    const config = join(home, 'usewire.yaml');
    const sink = `{ name: engine, type: kafka, ${options(server.broker)} }`;
    writeFileSync(config, `dataDirectory: data\nsinks: [${sink}]\n`);
    const { stdout } = await usewire(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; says: string }[] };
    const found = findings.find(({ check }) => check === 'sink engine');
    expect(`${found?.level} ${found?.says}`).toMatch(says);
  });
});
