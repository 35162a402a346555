import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../../support/usewire-cli.ts';
import { findMosquitto, type Mosquitto, startMosquitto } from './server.mjs';

const bin = findMosquitto();
const missing = (bin ? null : 'no Mosquitto 2 here') ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`usewire doctor of an MQTT sink${why}`, () => {
  let server: Mosquitto;
  let home = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
    server = await startMosquitto(bin!);
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it.each<[string, () => string, RegExp]>([
    ['that lets it in', () => server.url, /^ok .* lets the gateway in\.$/],
    [
      'that is not there',
      () => 'mqtt://127.0.0.1:9',
      /^problem .*does not let the gateway in \(.*ECONNREFUSED/,
    ],
  ])('says of a broker %s how it is', async (_, url, says) => {
    const config = join(home, 'usewire.yaml');
    writeFileSync(config, `dataDirectory: data\nsinks: [{ name: engine, type: mqtt, url: "${url()}" }]\n`);
    const { stdout } = await usewire(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; says: string }[] };
    const found = findings.find(({ check }) => check === 'sink engine');
    expect(`${found?.level} ${found?.says}`).toMatch(says);
  });
});
