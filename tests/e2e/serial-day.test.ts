import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { serialTransport } from '@usewire/device-sdk/serial';
import { SerialPort } from 'serialport';
import { describe, expect, it } from 'vitest';
import { eventually, lamp } from '../support/gateway-kit.ts';
import { lineNote, noLine, serialLine } from '../support/serial-line.ts';
import { drained, isBuilt, jsonlSeqs, runGateway, usageRows } from '../support/usewire-cli.ts';

describe.skipIf(noLine || !isBuilt)(`a device of the SDK on a serial line (built)${lineNote}`, () => {
  it('loses nothing and doubles nothing while its gateway is killed and its cable is pulled', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-serial-day-'));
    const line = await serialLine();
    const data = join(folder, 'data');
    const config = join(folder, 'usewire.yaml');
    const port = `{ path: ${line.gatewayEnd}, tenant: acme, device: lamp-1, wiring: housed }`;
    writeFileSync(config, `serial: { ports: [${port}] }\n`);
    let gateway = await runGateway(data, ['--config', config]);
    const pou = start(lamp, {
      ...{ gateway: 'mqtt://127.0.0.1:1', tenant: 'acme', device: 'lamp-1', dataDir: join(folder, 'device') },
      transport: serialTransport({
        open: () => new SerialPort({ path: line.deviceEnd, baudRate: 115_200 }),
        callIntervalMs: 100,
      }),
      ...{ minRetryMs: 50, maxRetryMs: 500, ackTimeoutMs: 2_000 },
    });
    let recorded = 0;
    const live = (count: number) => {
      for (let i = 0; i < count; i += 1) {
        pou.switched({ brightness: recorded % 101 });
        recorded += 1;
        if (recorded % 10 === 0) pou.flush();
      }
      pou.flush();
    };
    const allAcked = (what: string) => eventually(() => pou.status().acked === recorded, what, 40_000);

    live(100);
    await allAcked('the morning');
    live(200);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    live(200);
    gateway = await runGateway(data, ['--config', config]);
    await allAcked('what the kill interrupted');
    live(200);
    await line.unplug();
    live(100);
    await line.plug();
    await allAcked('what the cable interrupted');
    await pou.stop();
    await drained(gateway);
    expect(usageRows(data, 'SELECT count(*) AS n FROM test_lamp_switched')).toEqual([{ n: recorded }]);
    expect(jsonlSeqs(data)).toHaveLength(recorded);
    expect(pou.status()).toMatchObject({ queued: 0 });
    await gateway.stop();
    await line.end();
    rmSync(folder, { recursive: true, force: true });
  });
});
