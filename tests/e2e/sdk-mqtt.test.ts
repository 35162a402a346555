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

const id = { tenant: 'acme', device: 'lamp-1', token: 'secret', dataDir };
/** Nobody listens there: port 1 is no one's. */
const nowhere = 'mqtt://127.0.0.1:1';

it('keeps what it could not send for its next start, and says so', async () => {
  const pou = start(lamp, { ...id, gateway: nowhere });
  for (let i = 0; i < 20; i++) pou.switched({ brightness: i });
  await pou.stop({ drainMs: 0 });
  expect(pou.status()).toMatchObject({ accepted: 20, acked: 0, queued: 20, link: 'stopped' });

  const broker = await mqttGateway();
  const later = start(lamp, { ...id, gateway: `mqtt://127.0.0.1:${broker.port}` });
  await eventually(() => later.status().acked === 20, 'the records of the first start');
  await later.stop();
  await later.stop();
  expect(later.status()).toMatchObject({ accepted: 0, acked: 20, queued: 0 });
  expect(broker.received.at(-1)).toMatchObject({ topic: 'pou/1/acme/lamp-1/st', retain: true });
  await broker.stop();
});

it('comes back by itself when the gateway does', async () => {
  const first = await mqttGateway();
  const gateway = `mqtt://127.0.0.1:${first.port}`;
  const pou = start(lamp, { ...id, gateway, minRetryMs: 5, maxRetryMs: 50 });
  await eventually(() => pou.status().link === 'open', 'the link');
  await first.stop();
  await eventually(() => pou.status().link !== 'open', 'the loss');
  pou.switched({ brightness: 1 });
  pou.flush();
  const second = await mqttGateway(first.port);
  await eventually(() => pou.status().acked === 1, 'the acknowledgement of the second gateway');
  await pou.stop();
  await second.stop();
});

it('tells a wrong token from a gateway that is not there', async () => {
  const broker = await mqttGateway();
  const pou = start(lamp, { ...id, gateway: `mqtt://127.0.0.1:${broker.port}`, token: 'wrong' });
  await eventually(() => pou.status().link === 'refused', 'the refusal');
  expect(pou.status().lastProblem).toMatch(/^refused: /);
  await pou.stop({ drainMs: 0 });
  await broker.stop();
});

it('refuses a folder that another start holds', async () => {
  const pou = start(lamp, { ...id, gateway: nowhere });
  expect(() => start(lamp, { ...id, gateway: nowhere })).toThrow(
    expect.objectContaining({ code: 'DEV_DATA_DIR_BUSY' }),
  );
  await pou.stop({ drainMs: 0 });
});

it.each([
  [{ maxOutboxBytes: 1000 }, 'maxOutboxBytes'],
  [{ encoding: 'zip' as 'plain' }, 'encoding'],
  [{ flushIntervalMs: Number.NaN }, 'flushIntervalMs'],
  [{ hardware: '' }, 'hardware'],
  [{ resetCause: 10 }, 'resetCause'],
])('names the option that cannot work: %j', (wrong, name) => {
  const work = () => start(lamp, { ...id, gateway: nowhere, ...wrong });
  expect(work).toThrow(expect.objectContaining({ code: 'DEV_OPTION' }));
  expect(work).toThrow(name);
});

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
