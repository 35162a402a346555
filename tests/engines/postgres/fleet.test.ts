import { createPostgresSink } from '@usewire/gateway';
import { mqttLinks, simulate, summary } from '@usewire/simulators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetGateway, startFleetGateway } from '../../support/fleet-gateway.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
const why = bin ? '' : ' (skipped: no initdb and pg_ctl here)';

describe.skipIf(bin === null)(`a fleet into PostgreSQL${why}`, () => {
  let server: PostgresServer;
  let running: FleetGateway | undefined;

  beforeAll(async () => {
    server = await startPostgres(bin!);
  });
  afterAll(async () => {
    running?.remove();
    await server.remove();
  });

  it('has every record once, whatever becomes of the server: killed three times in the middle of the day', async () => {
    const sink = createPostgresSink({ name: 'engine', url: server.url, timeoutMs: 5_000 });
    const options = {
      batch: { maxRecords: 1_000, maxBytes: 262_144, maxAgeMs: 50 },
      retry: { baseMs: 10, maxMs: 100, breakerAfter: 5, probeEveryMs: 100 },
    };
    running = await startFleetGateway([{ sink, options }]);
    await using world = simulate({
      seed: 21,
      devices: 6,
      startMs: Date.UTC(2026, 2, 2, 20),
      transport: mqttLinks({ gateway: running.url }),
      sdk: { flushIntervalMs: 60_000, bulkFlushIntervalMs: 900_000 },
      faults: { lostAck: 2, disconnect: 2, duplicate: 2 },
    });
    for (let life = 0; life < 3; life += 1) {
      await world.advance('3h');
      await server.kill();
      await world.advance('1h');
      await server.start();
    }
    await world.drain();
    const arrived = await running.finish();
    const verdict = world.verdict(arrived);
    expect(summary(verdict)).toMatch(/^PASSED: 6 devices/);
    // The verdict is over the files; the tables have to say the same, record by record.
    const inFiles = arrived.map((r) => `${r.device} ${r.boot} ${r.seq} ${r.index} ${r.point} ${r.atMs}`);
    const rows = await server.query<{ line: string }>(
      `SELECT concat_ws(' ', device, boot, seq, idx, point, (extract(epoch FROM time) * 1000)::bigint) AS line FROM usewire.records
       UNION ALL SELECT concat_ws(' ', device, boot, seq, idx, 'gap', (extract(epoch FROM time) * 1000)::bigint) FROM usewire.gaps`,
    );
    expect(rows.length).toBeGreaterThan(10_000);
    expect(rows.map(({ line }) => line).sort()).toEqual(inFiles.sort());
  });
});
