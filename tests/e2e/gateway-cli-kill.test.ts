import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lampBytes, lampData } from '../support/gateway-kit.ts';
import { askDuckDb } from '../support/lake.ts';
import {
  connectDevice,
  drained,
  isBuilt,
  jsonlSeqs,
  type RunningGateway,
  runGateway,
  sendUp,
  usageRows,
} from '../support/usewire-cli.ts';

/** Many small batches and files, so that a kill meets every step of the sinks. */
const yaml = `models: [lamp.model]
sinks:
  - { name: usage, type: sqlite, batch: { maxRecords: 6, maxAgeMs: 0 } }
  - { name: jsonl, type: jsonl, rotateBytes: 4096, batch: { maxRecords: 6, maxAgeMs: 0 } }
  - { name: lake, type: parquet, rotateAfterSeconds: 1, batch: { maxRecords: 6, maxAgeMs: 0 } }
`;

describe.skipIf(!isBuilt)('usewire gateway under kill -9 while it forwards (built)', () => {
  let folder = '';
  let running: RunningGateway | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-kill-'));
    writeFileSync(join(folder, 'lamp.model'), lampBytes);
    writeFileSync(join(folder, 'usewire.yaml'), yaml);
  });
  afterEach(async () => {
    running?.child.kill('SIGKILL');
    await running?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every acknowledged record in every sink exactly once', async () => {
    const data = join(folder, 'data');
    const acknowledged = new Set<number>();
    let seq = 0;
    for (const load of [37, 90, 61, 140, 0]) {
      running = await runGateway(data, ['--config', join(folder, 'usewire.yaml')]);
      const client = await connectDevice(running.mqttPort, 'lamp-1');
      // Resent until acknowledged, as a device does: what was in flight at the kill comes again.
      const open = Array.from({ length: seq }, (_, i) => i).filter((sent) => !acknowledged.has(sent));
      const sent = [...open, ...Array.from({ length: load }, () => seq++)];
      const acks = sent.map(async (number) => {
        await sendUp(client, 'lamp-1', lampData(number));
        acknowledged.add(number);
      });
      await Promise.allSettled(load === 0 ? acks : acks.slice(0, Math.ceil(sent.length * 0.8)));
      if (load === 0) break;
      running.child.kill('SIGKILL');
      await running.ended;
      client.end(true);
      await Promise.allSettled(acks);
    }
    const status = await drained(running!);
    expect(acknowledged.size).toBe(seq);
    expect(status.recordsStored).toBe(2 * seq);
    const expected = Array.from({ length: 2 * seq }, (_, i) => Math.floor(i / 2));
    expect(jsonlSeqs(data).sort((a, b) => a - b)).toEqual(expected);
    const inLake = async () =>
      (await askDuckDb<{ seq: number }>(join(data, 'lake'), 'SELECT seq FROM lake ORDER BY seq, idx')).map(
        ({ seq }) => seq,
      );
    // Its last second ends by itself.
    await expect.poll(inLake, { timeout: 30_000 }).toEqual(expected);
    expect(usageRows(data, 'SELECT seq FROM records ORDER BY seq, idx')).toEqual(
      expected.map((number) => ({ seq: number })),
    );
  });
});
