import { createPostgresSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineOf, liveThroughKills } from '../fleet-day.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
const why = bin ? '' : ' (skipped: no initdb and pg_ctl here)';

interface Row {
  device: string;
  boot: string;
  seq: string;
  idx: number;
  point: string;
  time: Date;
}

describe.skipIf(bin === null)(`a fleet into PostgreSQL${why}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres(bin!);
  });
  afterAll(() => server.remove());

  it('has every record once, whatever becomes of the server: killed three times in the middle of the day', async () => {
    const sink = createPostgresSink({ name: 'engine', url: server.url, timeoutMs: 5_000 });
    const lines = await liveThroughKills(sink, server);
    const rows = await server.query<Row>(
      `SELECT device, boot, seq, idx, point, time FROM usewire.records
       UNION ALL SELECT device, boot, seq, idx, 'gap', time FROM usewire.gaps`,
    );
    const found = rows.map(({ seq, idx, time, ...row }) => {
      return lineOf({ ...row, seq: Number(seq), index: idx, atMs: time.getTime() });
    });
    expect(found.sort()).toEqual(lines);
  });
});
