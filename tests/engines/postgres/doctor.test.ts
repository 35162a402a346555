import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../../support/usewire-cli.ts';
import { findPostgres, type PostgresServer, startPostgres } from './server.mjs';

const bin = findPostgres();
const missing = (bin ? null : 'no initdb and pg_ctl here') ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`usewire doctor of a PostgreSQL sink${why}`, () => {
  let server: PostgresServer;
  let home = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
    server = await startPostgres(bin!);
    await server.query(`CREATE ROLE guest LOGIN PASSWORD 'guest'`);
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });

  async function findingFor(change: (url: string) => string): Promise<string> {
    const config = join(home, 'usewire.yaml');
    writeFileSync(
      config,
      `dataDirectory: data\nsinks: [{ name: engine, type: postgres, url: "${change(server.url)}" }]\n`,
    );
    const { stdout } = await usewire(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; says: string }[] };
    const found = findings.find(({ check }) => check === 'sink engine');
    return `${found?.level} ${found?.says}`;
  }

  it.each<[string, (url: string) => string, RegExp]>([
    ['that takes tables', (url) => url, /ok .*takes tables in schema "usewire"\./],
    [
      'with a wrong password',
      (url) => url.replace('usewire-test', 'x'),
      /problem .*password authentication failed/,
    ],
    [
      'whose user may make nothing',
      (url) => url.replace('usewire:usewire-test', 'guest:guest'),
      /problem .*does not let this user make tables in schema "usewire"\./,
    ],
    [
      'that nobody answers for',
      (url) => url.replace(/:\d+\/postgres/, ':9/postgres'),
      /problem .*ECONNREFUSED/,
    ],
  ])('%s: says so, and shows no password', async (_, change, says) => {
    const line = await findingFor(change);
    expect(line).toMatch(says);
    expect(line).not.toMatch(/usewire-test|guest:guest/);
  });
});
