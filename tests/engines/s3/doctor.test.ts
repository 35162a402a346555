import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBuilt, usewire } from '../../support/usewire-cli.ts';
import { accessKeyId, type S3Server, secretAccessKey, startS3, whyNoS3 } from './server.mjs';

const missing = whyNoS3() ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`usewire doctor of an S3 sink${why}`, () => {
  let server: S3Server;
  let home = '';

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-doctor-'));
    server = await startS3();
  });
  afterAll(async () => {
    await server.remove();
    rmSync(home, { recursive: true, force: true });
  });

  it.each([
    ['that is there', 'usage', secretAccessKey, /^ok .* has bucket "usage"; .*s3-staging can be written\.$/],
    ['that is not', 'nowhere', secretAccessKey, /^problem .*there is no such bucket .*: make it\.$/],
    ['that does not know the key', 'usage', 'wrong', /^problem .*HTTP 403 these credentials/],
  ])('says of a bucket %s how it is', async (_, bucket, secret, says) => {
    const config = join(home, 'usewire.yaml');
    const keys = `accessKeyId: ${accessKeyId}, secretAccessKey: ${secret}`;
    const sink = `{ name: engine, type: s3, endpoint: "${server.endpoint}", bucket: ${bucket}, ${keys} }`;
    writeFileSync(config, `dataDirectory: data\nsinks: [${sink}]\n`);
    const { stdout } = await usewire(['doctor', '--json', '--config', config]);
    const { findings } = JSON.parse(stdout) as { findings: { check: string; level: string; says: string }[] };
    const found = findings.find(({ check }) => check === 'sink engine');
    expect(`${found?.level} ${found?.says}`).toMatch(says);
  });
});
