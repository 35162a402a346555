import { createNatsSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf, liveThroughKills } from '../fleet-day.ts';
import { findNats, type NatsServer, startNats } from './server.mjs';
import { readStream, type StreamMessage } from './stream-reader.ts';

const bin = findNats();
const why = bin ? '' : ' (skipped: no nats-server here)';

describe.skipIf(bin === null)(`a fleet into NATS JetStream${why}`, () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNats(bin!);
  });
  afterAll(() => server.remove());

  function linesOf({ events }: StreamMessage): string[] {
    return events.map(({ id, source, time, data }) => {
      const [boot = '', seq, index] = id.split('/');
      const device = source.split(':').at(-1)!;
      const atMs = Date.parse(time);
      return lineOf({ device, boot, seq: Number(seq), index: Number(index), point: data.point, atMs });
    });
  }

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
    const messages = await readStream(server.url, 'USAGE');
    expect(messages.flatMap(linesOf).sort()).toEqual(lines);
  });
});
