import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../../support/usewire-cli.ts';
import { findNats, type NatsServer, startNats } from './server.mjs';
import { withManager } from './stream-reader.ts';

const bin = findNats();
const missing = (bin ? null : 'no nats-server here') ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`usewire doctor of a NATS sink${why}`, () => {
  let server: NatsServer;
  let home = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
    server = await startNats(bin!);
    await withManager(server.url, (manager) =>
      manager.streams.add({ name: 'USAGE', subjects: ['usewire.>'] }),
    );
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it.each([
    ['as it has to be', 'stream: USAGE, singleReplicaSyncs: true', /^ok .* has stream "USAGE"\.$/],
    ['of one replica', 'stream: USAGE', /^problem .*has one replica/],
    ['that is not there', 'stream: NONE', /^problem .*there is no stream "NONE"/],
    ['that will be made', 'stream: NONE, createStream: { replicas: 1 }', /^ok .*or it will be made\.$/],
  ])('says of a stream %s how it is, and makes none', async (_, options, says) => {
    const config = join(home, 'usewire.yaml');
    const sink = `{ name: engine, type: nats, servers: ["${server.url}"], ${options} }`;
    writeFileSync(config, `dataDirectory: data\nsinks: [${sink}]\n`);
    const { stdout } = await usewire(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; says: string }[] };
    const found = findings.find(({ check }) => check === 'sink engine');
    expect(`${found?.level} ${found?.says}`).toMatch(says);
    const streams = await withManager(server.url, (manager) => manager.streams.list().next());
    expect(streams.map(({ config: { name } }) => name)).toEqual(['USAGE']);
  });
});
