import { createPostgresSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { liveThroughKills } from '../fleet-day.ts';
import { linesInTables } from './lines-in-tables.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
const why = bin ? '' : ' (skipped: no initdb and pg_ctl here)';

describe.skipIf(bin === null)(`a fleet into PostgreSQL${why}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres(bin!);
  });
  afterAll(() => server.remove());

  it('has every record once, whatever becomes of the server: killed three times in the middle of the day', async () => {
    const sink = createPostgresSink({ name: 'engine', url: server.url, timeoutMs: 5_000 });
    const lines = await liveThroughKills(sink, server);
    expect(await linesInTables(server)).toEqual(lines);
  });
});
