import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { serialTransport } from '@usewire/device-sdk/serial';
import { SerialPort } from 'serialport';
import { describe, expect, it } from 'vitest';
import { eventually, lamp } from '../support/gateway-kit.ts';
import { lineNote, noLine, serialLine } from '../support/serial-line.ts';
import {
  drained,
  finished,
  isBuilt,
  launch,
  runGateway,
  usageRows,
  usewire,
} from '../support/usewire-cli.ts';

describe.skipIf(noLine || !isBuilt)(`usewire relay (built)${lineNote}`, () => {
  it('brings everything of a device to a gateway that is killed in between, and ends with 0 on SIGTERM', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'usewire-relay-'));
    const data = join(folder, 'data');
    const line = await serialLine();
    let gateway = await runGateway(data);
    const to = ['--to', `mqtt://127.0.0.1:${gateway.mqttPort}`, '--tenant', 'acme', '--device', 'lamp-1'];
    const relay = launch(['relay', '--port', line.gatewayEnd, ...to]);
    const ended = finished(relay);
    const pou = start(lamp, {
      ...{ gateway: 'mqtt://127.0.0.1:1', tenant: 'acme', device: 'lamp-1', dataDir: join(folder, 'device') },
      transport: serialTransport({
        open: () => new SerialPort({ path: line.deviceEnd, baudRate: 115_200 }),
        callIntervalMs: 100,
      }),
      ...{ minRetryMs: 50, maxRetryMs: 500, ackTimeoutMs: 2_000 },
    });
    const live = () => {
      for (let i = 0; i < 100; i += 1) pou.switched({ brightness: i });
      pou.flush();
    };
    live();
    await eventually(() => pou.status().acked === 100, 'the first hundred', 40_000);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    live();
    expect(pou.status().acked).toBe(100);
    gateway = await runGateway(data, ['--mqtt-port', String(gateway.mqttPort)]);
    await eventually(() => pou.status().acked === 200, 'the second hundred', 60_000);
    await pou.stop();
    await drained(gateway);
    expect(usageRows(data, 'SELECT count(*) AS n FROM test_lamp_switched')).toEqual([{ n: 200 }]);
    relay.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
    await gateway.stop();
    await line.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [['--tenant', 'a/b'], '--tenant and --device', 64],
    [['--baud-rate', 'fast'], '--baud-rate is 50 to 12000000', 64],
    [['--mode', 'raw'], '--mode is framed or line', 64],
    [['--to', 'http://x'], '--to is an address', 64],
    [['--token-file', '/nowhere'], '--token-file', 78],
  ])('says what is wrong with %o', async (wrong, told, code) => {
    const right = ['--port', '/dev/x', '--to', 'mqtt://127.0.0.1:1', '--tenant', 'a', '--device', 'b'];
    const ended = await usewire(['relay', ...right, ...wrong]);
    expect(ended.stderr).toContain(told);
    expect(ended.code).toBe(code);
  });
});
