import { createOtlpSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveThroughKills } from '../fleet-day.ts';
import { type Collector, startCollector, whyNoCollector } from './server.mjs';
import { understoodBy } from './understood.ts';

const missing = whyNoCollector();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a fleet into the OpenTelemetry Collector's receiver${why}`, () => {
  let server: Collector;
  beforeAll(async () => {
    server = await startCollector();
  });
  afterAll(() => server.remove());

  /** Metrics have no identity of a record: device, point and time are what they are known by. */
  function unnumbered(line: string): string {
    const [device, , , , point, atMs] = line.split(' ');
    return `${device} ${point} ${atMs}`;
  }

  it('has everything, though the receiver is killed three times in the middle of the day', async () => {
    const lines = await liveThroughKills(
      createOtlpSink({ name: 'engine', url: server.url, timeoutMs: 3_000 }),
      server,
    );
    const found = understoodBy(server).map(
      ({ device, name, atMs }) => `${device} ${name.split('.').at(-1)} ${atMs}`,
    );
    expect([...new Set(found)].sort()).toEqual([...new Set(lines.map(unnumbered))].sort());
  });
});
