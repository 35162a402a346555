import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { decodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, lamp, lampHello, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import {
  connectPacket,
  publishPacket,
  type RawClient,
  rawClient,
  subscribePacket,
} from '../support/raw-mqtt.ts';

const UNKNOWN = new Uint8Array(8).fill(7);
const HELLO_ID = 901;

let running: TestGateway | undefined;
const clients: RawClient[] = [];

async function subscribed(name: string): Promise<RawClient> {
  const made = rawClient(running!.mqttPort);
  clients.push(made);
  made.send(connectPacket(`t.${name}`), subscribePacket(900, `pou/1/t/${name}/dn`));
  await eventually(() => made.packets.some((p) => p.header === 0x90), 'SUBACK');
  return made;
}

/** What came after the subscription, by name. */
function answers(of: RawClient): string[] {
  return of.packets.flatMap(({ header, body }) => {
    if (header === 0x40) return body.readUInt16BE(0) === HELLO_ID ? ['puback'] : [];
    if (header >> 4 !== 3) return [];
    const from = 2 + body.readUInt16BE(0) + ((header & 6) === 0 ? 0 : 2);
    const decoded = decodeMessage(body.subarray(from));
    return decoded.ok && decoded.value.kind === Kind.modelReq ? ['model-req'] : ['other'];
  });
}

afterEach(async () => {
  for (const made of clients.splice(0)) made.end();
  await running?.stop();
  running = undefined;
});

/** The orders in which hellos of `n` devices, said at the same time, are answered. */
async function orders(n: number): Promise<Set<string>> {
  running = await startGateway();
  const names = Array.from({ length: n }, (_, i) => `d${i}`);
  const devices = await Promise.all(names.map(subscribed));
  devices.forEach((device, i) => {
    device.send(publishPacket(`pou/1/t/${names[i]}/st`, lampHello(0, { modelHash: UNKNOWN }), HELLO_ID));
  });
  await eventually(() => devices.every((device) => answers(device).length === 2), 'both answers');
  return new Set(devices.map((device) => answers(device).join()));
}

describe('a hello with a model that the gateway does not know', () => {
  it('is acknowledged after the request for the model', async () => {
    expect(await orders(1)).toEqual(new Set(['model-req,puback']));
  });

  // More than the broker emits at the same time: some of the requests have to wait for a place.
  it('is so in a crowd as well', async () => {
    expect(await orders(250)).toEqual(new Set(['model-req,puback']));
  });
});

describe('the first connection of a device of an unknown product', () => {
  it('has nothing set aside: what it was told is acknowledged is stored', async () => {
    running = await startGateway({ models: [] });
    const dataDir = mkdtempSync(join(tmpdir(), 'usewire-hello-'));
    const gateway = `mqtt://127.0.0.1:${running.mqttPort}`;
    const pou = start(lamp, { gateway, tenant: 't', device: 'lamp', dataDir });
    pou.switched({ brightness: 7 });
    await pou.stop({ drainMs: 20_000 });
    expect(pou.status()).toMatchObject({ accepted: 1, acked: 1, queued: 0 });
    const { records, quarantined, modelRequests } = running.gateway.view.counters();
    expect({ records, quarantined, modelRequests }).toEqual({
      records: 1,
      quarantined: {},
      modelRequests: 1,
    });
    rmSync(dataDir, { recursive: true, force: true });
  });
});
