import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createS3Sink } from '@usewire/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askDuckDb } from '../../support/lake.ts';
import { lineOf, liveThroughKills, type RecordLine } from '../fleet-day.ts';
import { accessKeyId, type S3Server, secretAccessKey, startS3, whyNoS3 } from './server.mjs';

const missing = whyNoS3();
const why = missing === null ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing !== null)(`a fleet into S3-compatible storage${why}`, () => {
  let server: S3Server;
  let staging = '';

  beforeAll(async () => {
    staging = mkdtempSync(join(tmpdir(), 'usewire-staging-'));
    server = await startS3();
  });
  afterAll(async () => {
    await server.remove();
    rmSync(staging, { recursive: true, force: true });
  });

  it('has every record once, whatever becomes of the server: killed three times in the middle of the day', async () => {
    const options = {
      name: 'engine',
      bucket: 'usage',
      endpoint: server.endpoint,
      stagingDirectory: staging,
      // Many hours within the test.
      rotateAfterSeconds: 5,
      accessKeyId,
      secretAccessKey,
      timeoutMs: 3_000,
    };
    const lines = await liveThroughKills(createS3Sink(options), server);
    // What waited when the gateway stopped; its five seconds will be over.
    const last = createS3Sink(options);
    const found = async () => {
      const rows = await askDuckDb<RecordLine & { idx: number; time: number }>(
        join(server.root, 'usage'),
        'SELECT device, boot, seq, idx, point, time FROM lake',
      );
      return rows.map(({ idx, time, ...row }) => lineOf({ ...row, index: idx, atMs: time })).sort();
    };
    await expect.poll(async () => (await found()).length, { timeout: 60_000 }).toBe(lines.length);
    await last.close();
    expect(await found()).toEqual(lines);
  });
});
