import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForwarders, createHttpSink, createJsonlSink, createSqliteSink } from '@usewire/gateway';
import { encodeModel, gauge, modelTable, product } from '@usewire/protocol/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  collidingData,
  heaterBytes,
  heaterTable,
  modelMessage,
  scaleBytes,
  scaleTable,
  sharedHash,
} from '../support/colliding-models.ts';
import { eventually, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';
import { DatabaseSync } from '../support/sqlite.ts';

interface CloudEvent {
  source: string;
  datacategory: string;
  data: { point: string; value: number; unit?: string };
}

let folder: string;
let running: TestGateway | undefined;
let clients: RawClient[] = [];
let receiver: Server;
let events: CloudEvent[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usewire-tenants-'));
  events = [];
  receiver = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      events.push(...(JSON.parse(Buffer.concat(parts).toString()) as CloudEvent[]));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const client of clients) client.end();
  clients = [];
  await running?.gateway.stop();
  running = undefined;
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function start(models: Uint8Array[] = [], path = {}): Promise<void> {
  await running?.gateway.stop();
  const { port } = receiver.address() as AddressInfo;
  const sinks = [
    createSqliteSink({ name: 'tables', file: join(folder, 'usage.db') }),
    createJsonlSink({ name: 'lines', directory: join(folder, 'lines') }),
    createHttpSink({ name: 'events', url: `http://127.0.0.1:${port}/`, gzip: false }),
  ];
  const parts = [createForwarders().part];
  running = await startGateway(
    { models, path, spool: { directory: join(folder, 'data') } },
    { sinks, parts },
  );
}

function device(clientId: string) {
  const client = rawClient(running!.mqttPort);
  clients.push(client);
  const topic = `pou/1/${clientId.replace('.', '/')}/up`;
  let packetId = 1;
  client.send(connectPacket(clientId));
  return async (...payloads: Buffer[]) => {
    const before = client.pubacks().length;
    client.send(...payloads.map((payload, i) => publishPacket(topic, payload, packetId + i)));
    packetId += payloads.length;
    await eventually(() => client.pubacks().length === before + payloads.length, 'acknowledgements');
  };
}

const counters = () => running!.gateway.view.counters();

function jsonLines(): { tenant: string; point: string; value: number }[] {
  const directory = join(folder, 'lines');
  const files = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  const text = files.map((name) => readFileSync(join(directory, name), 'utf8')).join('');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { tenant: string; point: string; value: number });
}

function tables(sql: string): unknown[] {
  const db = new DatabaseSync(join(folder, 'usage.db'), { readOnly: true });
  const rows = db.prepare(sql).all();
  db.close();
  return JSON.parse(JSON.stringify(rows)) as unknown[];
}

describe('two tenants whose models have the same short hash', () => {
  it('are read right from their first message to every sink, also what waited for its model, and after a restart', async () => {
    await start();
    const [good, evil] = [device('good.scale-1'), device('evil.heater-1')];
    await good(collidingData(scaleTable, 0, 705));
    await evil(collidingData(heaterTable, 0, 2_125));
    expect(counters().quarantined).toEqual({ unknownModel: 2 });
    await evil(modelMessage(heaterTable, heaterBytes));
    await eventually(() => counters().messages === 1, "the tenant's own message");
    expect(running!.gateway.view.quarantine({}).map(({ tenant }) => tenant)).toEqual(['good']);
    await good(modelMessage(scaleTable, scaleBytes));
    await eventually(() => counters().messages === 2, 'both messages');
    await start();
    await device('evil.heater-1')(collidingData(heaterTable, 1, 2_200));
    await device('good.scale-1')(collidingData(scaleTable, 1, 710));
    await eventually(() => events.length === 4, 'four events');
    await running!.gateway.stop();

    const byDevice = (a: { tenant: string; value: number }, b: typeof a) =>
      a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : a.value - b.value;
    const lines = jsonLines().map(({ tenant, point, value }) => ({ tenant, point, value }));
    const expected = [
      { tenant: 'evil', point: 'heated', value: 21.25 },
      { tenant: 'evil', point: 'heated', value: 22 },
      { tenant: 'good', point: 'weighed', value: 70.5 },
      { tenant: 'good', point: 'weighed', value: 71 },
    ];
    expect(lines.sort(byDevice)).toEqual(expected);
    const rows = 'SELECT tenant, point, value FROM records ORDER BY tenant, value';
    expect(tables(rows)).toEqual(expected);
    const told = events.map(({ source, data }) => `${source} ${data.point} ${data.value} ${data.unit}`);
    expect(told.sort()).toEqual([
      'urn:pou:evil:heater-1 heated 21.25 Cel',
      'urn:pou:evil:heater-1 heated 22 Cel',
      'urn:pou:good:scale-1 weighed 70.5 kg',
      'urn:pou:good:scale-1 weighed 71 kg',
    ]);
  });

  it('are kept apart from a model of the operator: it cannot be taken the place of', async () => {
    await start([scaleBytes]);
    const evil = device('evil.heater-1');
    await evil(modelMessage(heaterTable, heaterBytes));
    expect(counters().modelsRefused).toEqual({ hashTaken: 1 });
    await device('good.scale-1')(collidingData(scaleTable, 0, 705));
    await eventually(() => events.length === 1, 'an event');
    expect(events[0]!.data).toMatchObject({ point: 'weighed', value: 70.5, unit: 'kg' });
    const [entry] = running!.gateway.view.quarantine({ tenant: 'evil' });
    expect(entry?.detail).toContain(`the first 4 bytes of its hash are those of model ${sharedHash}`);
  });
});

it('a tenant that fills its room for models leaves another its own', async () => {
  await start([], { maxModelsPerTenant: 5 });
  const evil = device('evil.many');
  for (let n = 1; n <= 8; n += 1) {
    const made = product('evil.nth', n, {
      purposes: { service: { basis: 'contract', code: 'service_provision' } },
      points: { level: gauge({ id: 1, for: 'service' }) },
    });
    await evil(modelMessage(modelTable(made), encodeModel(made)));
  }
  expect(counters().modelsRefused).toEqual({ tenantFull: 3 });
  await device('good.scale-1')(modelMessage(scaleTable, scaleBytes), collidingData(scaleTable, 0, 705));
  await eventually(() => events.length === 1, 'an event');
  expect(events[0]!.data).toMatchObject({ point: 'weighed', value: 70.5 });
});
