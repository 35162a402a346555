import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { type MemoryState, memoryState, openDeviceRegistry } from '@usewire/gateway';
import { event, int, product } from '@usewire/protocol/model';
import { decodeMessage, encodeMessage, Kind } from '@usewire/protocol/wire';
import type { MqttClient } from 'mqtt';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampData,
  lampHello,
  lampModelMessage,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';

const lamp = { tenant: 'acme', device: 'lamp-1' };
const pillow = product('acme.pillow', 1, {
  purposes: { health: { basis: 'consent', code: 'personalisation' } },
  subjects: ['left', 'right'],
  points: { snored: event({ id: 2, for: 'health', perSubject: true, attributes: { n: int(0, 99) } }) },
});
let state: MemoryState;
let running: TestGateway[] = [];
const clients: MqttClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const gateway of running) await gateway.stop();
  running = [];
});

/** Gateways that share a state. */
async function begin(options: Parameters<typeof startGateway>[0] = {}): Promise<[TestGateway, TestGateway]> {
  state = memoryState();
  const one = await startGateway(options, { shared: state.join() });
  const other = await startGateway(options, { shared: state.join() });
  running = [one, other];
  return [one, other];
}

async function connect({ mqttPort }: TestGateway, token = 'x', name = 'lamp-1') {
  const clientId = `acme.${name}`;
  const at = { host: '127.0.0.1', port: mqttPort, reconnectPeriod: 0 };
  const client = await connectAsync({ ...at, clientId, username: clientId, password: token });
  clients.push(client);
  const heard: number[] = [];
  client.on('error', () => {});
  client.on('message', (_topic, payload) => {
    const decoded = decodeMessage(payload);
    if (decoded.ok) heard.push(decoded.value.kind);
  });
  await client.subscribeAsync(`pou/1/acme/${name}/dn`, { qos: 1 });
  const send = (leaf: string, payload: Buffer) =>
    client.publishAsync(`pou/1/acme/${name}/${leaf}`, payload, { qos: 1 });
  return { client, heard, send };
}

describe('several gateways over the same devices', () => {
  it('know a model that a device has told one of them', async () => {
    const [one, other] = await begin({ models: [] });
    const here = await connect(one);
    await here.send('st', lampHello(0));
    expect(here.heard).toContain(Kind.modelReq);
    await here.send('up', lampModelMessage());
    await here.client.endAsync();
    const there = await connect(other);
    await there.send('st', lampHello(0));
    await there.send('up', lampData(0));
    expect(there.heard).not.toContain(Kind.modelReq);
    expect(other.gateway.view.counters()).toMatchObject({ messages: 1, quarantined: {} });
  });

  it('take out of quarantine what waited for a model that is told elsewhere', async () => {
    const [one, other] = await begin({ models: [] });
    const waiting = await connect(other);
    await waiting.send('up', lampData(0));
    expect(other.gateway.view.counters().messages).toBe(0);
    const telling = await connect(one, 'x', 'lamp-2');
    await telling.send('up', lampModelMessage());
    await eventually(() => other.gateway.view.counters().messages === 1, 'the message that waited');
  });

  it('let in a device that was registered at one of them, and put it out everywhere when it is revoked', async () => {
    const [one, other] = await begin({ identity: { mode: 'registry' } });
    const registry = openDeviceRegistry(one.directory, Date.now);
    const issued = registry.add(lamp);
    const token = issued.ok ? issued.token : '';
    const { client } = await until(() => connect(other, token));
    let isClosed = false;
    client.on('close', () => {
      isClosed = true;
    });
    registry.revoke(lamp);
    registry.close();
    await eventually(() => isClosed, 'the end of its connection at the other gateway');
    await expect(connect(other, token)).rejects.toMatchObject({ code: 5 });
  });

  it('agree in the end when the state was away: a revocation holds against a rotation made meanwhile', async () => {
    const [one, other] = await begin({ identity: { mode: 'registry' } });
    const here = openDeviceRegistry(one.directory, Date.now);
    const there = openDeviceRegistry(other.directory, Date.now);
    here.add(lamp);
    await eventually(() => there.find(lamp) !== null, 'the device elsewhere');
    state.setAway(true);
    here.revoke(lamp);
    there.rotate(lamp, 60_000);
    expect(there.find(lamp)?.status).toBe('active');
    state.setAway(false);
    await eventually(() => there.find(lamp)?.status === 'revoked', 'the revocation elsewhere');
    expect(here.find(lamp)?.status).toBe('revoked');
    here.close();
    there.close();
  });

  it('know what a person has chosen at one of them: data that rests on it is taken at the other', async () => {
    const [one, other] = await begin({ models: [] });
    const dataDir = mkdtempSync(join(tmpdir(), 'usewire-pillow-'));
    const wake = ({ mqttPort }: TestGateway) =>
      start(pillow, {
        ...{ tenant: 'acme', device: 'pillow-1', dataDir, maxRetryMs: 50 },
        gateway: `mqtt://127.0.0.1:${mqttPort}`,
      });
    const first = wake(one);
    first.consent.set({ health: true }, { notice: '2026-11', subject: 'left' });
    first.points.snored.left({ n: 1 });
    first.flush();
    await eventually(() => one.gateway.view.counters().records === 1, 'the first night');
    await first.stop();
    const second = wake(other);
    second.points.snored.left({ n: 2 });
    second.flush();
    await eventually(() => other.gateway.view.counters().records === 1, 'the second night');
    expect(other.gateway.view.counters()).toMatchObject({ nacks: 0, quarantined: {} });
    await second.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('reach a device wherever it is: a message for it goes down at the gateway that has it', async () => {
    const [one, other] = await begin();
    const there = await connect(other);
    await there.send('st', lampHello(0));
    const shared = state.join();
    shared.sendDown(lamp, encodeMessage({ kind: Kind.modelReq, modelHash: new Uint8Array(8) }));
    await eventually(() => there.heard.includes(Kind.modelReq), 'the message');
    expect(one.gateway.view.gauges().connections).toBe(0);
    await shared.close();
  });

  it('go on alone while the state is away', async () => {
    const [one] = await begin();
    state.setAway(true);
    const here = await connect(one);
    await here.send('st', lampHello(0));
    await here.send('up', lampData(0));
    expect(one.gateway.view.counters().messages).toBe(1);
  });
});

/** Tries until it works: the registry of another gateway takes a moment. */
async function until<T>(attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + 10_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
