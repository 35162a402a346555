import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event, int, product, start } from '@usewire/device-sdk';
import { compileModel, materialise } from '@usewire/protocol/check';
import { modelTable } from '@usewire/protocol/model';
import { afterEach, expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';
import { mqttGateway } from '../support/mqtt-gateway.ts';

const lamp = product('test.lamp', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { switched: event({ id: 1, for: 'service', attributes: { brightness: int(0, 100) } }) },
});
const dataDir = mkdtempSync(join(tmpdir(), 'usewire-sdk-'));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it('delivers over MQTT what five lines record', async () => {
  const broker = await mqttGateway();
  const gateway = `mqtt://127.0.0.1:${broker.port}`;
  const pou = start(lamp, { gateway, tenant: 'acme', device: 'lamp-1', token: 'secret', dataDir });
  pou.switched({ brightness: 40 });
  pou.flush();
  await eventually(() => pou.status().acked === 1, 'the acknowledgement');
  await pou.stop();
  const table = modelTable(lamp);
  const data = broker.received.find((each) => each.topic === 'pou/1/acme/lamp-1/up' && each.payload[2] === 1);
  const verdict = compileModel(table).check(data!.payload);
  expect(verdict.ok && materialise(table, verdict)).toMatchObject([
    { point: 'switched', attributes: { brightness: 40 } },
  ]);
  await broker.stop();
});
