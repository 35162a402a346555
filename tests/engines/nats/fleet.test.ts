import { createNatsSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveThroughKills } from '../fleet-day.ts';
import { linesInStream } from './lines-in-stream.ts';
import { findNats, type NatsServer, startNats } from './server.mjs';

const bin = findNats();
const why = bin ? '' : ' (skipped: no nats-server here)';

describe.skipIf(bin === null)(`a fleet into NATS JetStream${why}`, () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNats(bin!);
  });
  afterAll(() => server.remove());

  it('has every record once, whatever becomes of the server: killed three times in the middle of the day', async () => {
    const sink = createNatsSink({
      name: 'engine',
      servers: [server.url],
      stream: 'USAGE',
      // Shorter than the server is away: what was in the stream before must be found, not remembered.
      createStream: { replicas: 1, duplicateWindowSeconds: 1 },
      singleReplicaSyncs: true,
      timeoutMs: 3_000,
    });
    const lines = await liveThroughKills(sink, server);
    expect(await linesInStream(server.url, 'USAGE')).toEqual(lines);
  });
});
