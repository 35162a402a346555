import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresSink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kettleBatch, never } from '../../contract/sink-contract.ts';
import { smallDisk, whyNoSmallDisk } from '../../support/failing-disk/small-disk.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
const missing = (bin ? null : 'no initdb and pg_ctl here') ?? whyNoSmallDisk();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a PostgreSQL whose disk is full${why}`, () => {
  let server: PostgresServer;
  let home = '';
  let disk: ReturnType<typeof smallDisk>;

  beforeAll(async () => {
    server = await startPostgres(bin!);
    home = mkdtempSync(join(tmpdir(), 'usewire-full-'));
    chmodSync(home, 0o755);
    disk = smallDisk(join(home, 'disk'), '4m');
    if (server.user) chownSync(disk.path, server.user.uid, server.user.gid);
    await server.query(`CREATE TABLESPACE small LOCATION '${disk.path}'`);
    await server.query('ALTER ROLE usewire SET default_tablespace = small');
  });
  afterAll(async () => {
    await server.remove();
    disk.unmount();
    rmSync(home, { recursive: true, force: true });
  });

  it('is tried again until there is room, and then has every record once', async () => {
    const sink = createPostgresSink({ name: 'out', url: server.url });
    expect((await sink.deliver(kettleBatch(0, 9), never)).kind).toBe('accepted');
    disk.fill();
    const outcome = await sink.deliver(kettleBatch(10, 9_999), never);
    expect(outcome).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/53100|No space left/) });
    disk.free();
    expect(await sink.deliver(kettleBatch(10, 9_999), never)).toEqual({ kind: 'accepted' });
    await sink.close();
    expect(
      await server.query('SELECT count(*)::int AS n, min(seq)::int, max(seq)::int FROM usewire.records'),
    ).toEqual([{ n: 10_000, min: 0, max: 9_999 }]);
  });
});
