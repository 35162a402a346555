import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event, int, product, start } from '@usewire/device-sdk';
import { httpTransport } from '@usewire/device-sdk/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';
import { drained, isBuilt, runGateway, usageRows } from '../support/usewire-cli.ts';

const why = isBuilt ? '' : ' (skipped: the command is not built)';

const lid = product('test.lid', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { scanned: event({ id: 1, for: 'service', attributes: { n: int(0, 1_000_000) } }) },
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

describe.skipIf(!isBuilt)(`a device that posts${why}`, () => {
  let home = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-http-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('has every record once in the store, whatever becomes of the gateway: killed in the middle', async () => {
    const port = await freePort();
    const config = join(home, 'usewire.yaml');
    writeFileSync(config, `listen: { http: { port: ${port} } }\n`);
    let gateway = await runGateway(join(home, 'data'), ['--config', config]);
    const id = { tenant: 'acme', device: 'lid-1', gateway: `http://127.0.0.1:${port}` };
    const retry = { minRetryMs: 20, maxRetryMs: 200, flushIntervalMs: 20, ackTimeoutMs: 5_000 };
    const transport = httpTransport({ ...id, pollIntervalMs: 200 });
    const device = start(lid, {
      ...id,
      gateway: 'mqtt://unused',
      ...retry,
      dataDir: join(home, 'device'),
      transport,
    });
    for (let n = 0; n < 100; n += 1) device.scanned({ n });
    await eventually(() => device.status().acked > 0, 'the first answer', 30_000);
    for (let n = 100; n < 200; n += 1) device.scanned({ n });
    gateway.child.kill('SIGKILL');
    for (let n = 200; n < 300; n += 1) device.scanned({ n });
    await gateway.ended;
    gateway = await runGateway(join(home, 'data'), ['--config', config]);
    for (let n = 300; n < 400; n += 1) device.scanned({ n });
    await eventually(() => device.status().acked === 400, 'every answer', 60_000);
    await device.stop();
    await drained(gateway);
    await gateway.stop();
    const rows = usageRows(join(home, 'data'), 'SELECT n FROM test_lid_scanned ORDER BY n');
    expect(rows.map((row) => (row as { n: number }).n)).toEqual(Array.from({ length: 400 }, (_, n) => n));
  });
});
