import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createPostgresSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kettleBatch, never } from '../../contract/sink-contract.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
/** Where Debian's layout, which Timescale's packages follow, keeps extensions. */
const control = (folder: string) =>
  join(folder.replace('/usr/lib/', '/usr/share/'), '..', 'extension', 'timescaledb.control');
const missing =
  (bin ? null : 'no initdb and pg_ctl here') ??
  (existsSync(control(bin!)) ? null : 'the timescaledb extension is not installed here');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`PostgreSQL with Timescale${why}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres(bin!);
    await server.query(`ALTER SYSTEM SET shared_preload_libraries = 'timescaledb'`);
    await server.kill();
    await server.start();
    await server.query('CREATE EXTENSION timescaledb');
  });
  afterAll(() => server.remove());

  it('keeps a point in a hypertable with a compression policy, and a record once', async () => {
    const sink = createPostgresSink({ name: 'out', url: server.url });
    for (let i = 0; i < 2; i += 1)
      expect(await sink.deliver(kettleBatch(0, 9), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(
      await server.query(
        `SELECT hypertable_name AS name, compression_enabled AS compressed FROM timescaledb_information.hypertables`,
      ),
    ).toContainEqual({ name: 'kettle_water_rows', compressed: true });
    expect(
      await server.query(
        `SELECT count(*)::int AS n FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression'`,
      ),
    ).toEqual([{ n: 3 }]);
    expect(await server.query('SELECT count(*)::int AS n FROM usewire.kettle_water')).toEqual([{ n: 10 }]);
  });
});
