import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lampBytes, lampData, lampHello } from '../support/gateway-kit.ts';
import {
  connectDevice,
  drained,
  type GatewayStatus,
  isBuilt,
  jsonlSeqs,
  launch,
  type RunningGateway,
  runGateway,
  sendUp,
  until,
  usageRows,
  usewire,
} from '../support/usewire-cli.ts';

describe.skipIf(!isBuilt)('usewire gateway, from a socket to its sinks (built)', () => {
  let folder = '';
  let data = '';
  const clients: MqttClient[] = [];
  const gateways: RunningGateway[] = [];
  const servers: Server[] = [];

  async function start(yaml: string, env: Record<string, string> = {}): Promise<RunningGateway> {
    writeFileSync(join(folder, 'lamp.model'), lampBytes);
    writeFileSync(join(folder, 'usewire.yaml'), `models: [lamp.model]\n${yaml}`);
    const gateway = await runGateway(data, ['--config', join(folder, 'usewire.yaml')], { env });
    gateways.push(gateway);
    return gateway;
  }

  async function device(gateway: RunningGateway, name: string, password = 'x'): Promise<MqttClient> {
    const client = await connectDevice(gateway.mqttPort, name, password);
    clients.push(client);
    return client;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-path-'));
    data = join(folder, 'data');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    for (const gateway of gateways.splice(0)) {
      gateway.child.kill('SIGKILL');
      await gateway.ended;
    }
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries records into the database and the files, each once, and its books agree', async () => {
    const gateway = await start('');
    const client = await device(gateway, 'lamp-1');
    await sendUp(client, 'lamp-1', lampHello(0));
    for (let seq = 0; seq < 10; seq++) await sendUp(client, 'lamp-1', lampData(seq));
    for (let seq = 0; seq < 3; seq++) await sendUp(client, 'lamp-1', lampData(seq));
    await sendUp(client, 'lamp-1', Buffer.from('a1000107', 'hex'));

    const status = await drained(gateway);
    expect(status).toMatchObject({ messages: 10, recordsStored: 20, duplicates: 3, rejected: 1 });
    expect(status.sinks).toMatchObject([
      { name: 'usage', messagesDelivered: 10, pending: 0 },
      { name: 'jsonl', messagesDelivered: 10, pending: 0 },
    ]);
    expect(usageRows(data, 'SELECT count(*) AS n, count(DISTINCT seq) AS messages FROM records')).toEqual([
      { n: 20, messages: 10 },
    ]);
    expect(jsonlSeqs(data).length).toBe(20);

    const read = metrics(await gateway.text('/metrics'));
    expect(read('messages_received_total') + read('released_total')).toBe(
      read('messages_stored_total') +
        read('duplicates_total') +
        read('reports_total') +
        read('quarantined_total{reason="malformed"}'),
    );
    expect(read('messages_received_total')).toBe(15);
    for (const sink of ['usage', 'jsonl']) {
      const label = `{sink="${sink}"}`;
      expect(
        read(`sink_delivered_messages_total${label}`) +
          read(`sink_rejected_messages_total${label}`) +
          read(`sink_pending_messages${label}`),
      ).toBe(read('messages_stored_total'));
    }
    expect(await gateway.get<unknown[]>('/api/quarantine')).toMatchObject([
      { reason: 'malformed', payload: 'a1000107' },
    ]);
  });

  it('goes on after a kill and a restart without losing or repeating a record', async () => {
    const first = await start('');
    const client = await device(first, 'lamp-1');
    for (let seq = 0; seq < 20; seq++) await sendUp(client, 'lamp-1', lampData(seq));
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await start('');
    const again = await device(second, 'lamp-1');
    for (let seq = 15; seq < 30; seq++) await sendUp(again, 'lamp-1', lampData(seq));
    const status = await drained(second);
    expect(status).toMatchObject({ messages: 30, recordsStored: 60, duplicates: 5 });
    expect(usageRows(data, 'SELECT count(*) AS n FROM records')).toEqual([{ n: 60 }]);
    const seqs = jsonlSeqs(data);
    expect([seqs.length, new Set(seqs).size]).toEqual([60, 30]);
    expect((await second.stop()).code).toBe(0);
  });

  it('keeps what a receiver does not take, stays ready, and delivers it later with the same keys', async () => {
    const keys: string[] = [];
    const stored = new Set<string>();
    let down = true;
    const server = createServer(async (request, response) => {
      const body = await buffer(request);
      keys.push(String(request.headers['idempotency-key']));
      if (down) return void response.writeHead(503, { 'retry-after': '0' }).end();
      for (const { source, id } of JSON.parse(gunzipSync(body).toString()) as {
        source: string;
        id: string;
      }[]) {
        stored.add(`${source}/${id}`);
      }
      response.writeHead(204).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
    const sink = `sinks:\n  - { name: cloud, type: http, url: "\${env:CLOUD}", batch: { maxAgeMs: 0 }, retry: { baseMs: 1, maxMs: 20, probeEveryMs: 20 } }\n`;
    const gateway = await start(sink, { CLOUD: url });
    const client = await device(gateway, 'lamp-1');
    for (let seq = 0; seq < 5; seq++) await sendUp(client, 'lamp-1', lampData(seq));
    await until(async () => {
      const { sinks } = await gateway.get<GatewayStatus>('/api/status');
      return sinks[0]?.state === 'down' ? true : undefined;
    }, 'the sink counts as down');
    expect(await gateway.get('/readyz')).toMatchObject({ ready: true });
    down = false;
    const status = await drained(gateway);
    expect(stored.size).toBe(10);
    expect(status.sinks[0]).toMatchObject({ messagesDelivered: 5, lastProblem: null });
    expect(new Set(keys.filter((key) => key.startsWith('cloud/1-'))).size).toBe(1);
    expect(gateway.events().map(({ event }) => event)).toEqual(
      expect.arrayContaining(['sink.down', 'sink.up']),
    );
  });

  it('shows records by tail, from the gateway and from its folder, and devices with what is missing', async () => {
    const gateway = await start('sinks: []');
    const client = await device(gateway, 'lamp-1');
    await sendUp(client, 'lamp-1', lampHello(0));
    for (const seq of [0, 1, 4]) await sendUp(client, 'lamp-1', lampData(seq));
    const url = ['--url', `http://127.0.0.1:${gateway.httpPort}`];

    const tail = await usewire(['tail', '--once', ...url]);
    expect(tail.code).toBe(0);
    expect(tail.stdout.split('\n').length).toBe(7);
    expect(tail.stdout).toMatch(/^\S+Z {2}acme\.lamp-1 {2}switched brightness=0$/m);

    const fromFolder = await usewire(['tail', '--once', '--json', '--data-dir', data, '--from', '2']);
    expect(
      fromFolder.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq),
    ).toEqual([4, 4]);
    expect((await usewire(['tail', '--once', ...url, '--device', 'other'])).stdout).toBe('');

    const devices = await usewire(['devices', ...url]);
    expect(devices.stdout).toMatch(/acme\.lamp-1 +test\.lamp +online +6 .*boot 1: 2-3/);
  });

  it('follows records as they arrive, until it is interrupted', async () => {
    const gateway = await start('sinks: []');
    const client = await device(gateway, 'lamp-1');
    await sendUp(client, 'lamp-1', lampData(0));
    const tail = launch(['tail', '--json', '--from', '0', '--url', `http://127.0.0.1:${gateway.httpPort}`]);
    let text = '';
    tail.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    const seen = (seq: number) => async () =>
      text.includes(`"seq":${seq},`) ? true : gateway.text('/healthz').then(() => undefined);
    await until(seen(0), 'tail shows what was there');
    await sendUp(client, 'lamp-1', lampData(1));
    await until(seen(1), 'tail shows what came since');
    tail.kill('SIGKILL');
  });

  it('says that it is draining while it does, and ends at once on a second signal', async () => {
    const server = createServer(() => {});
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
    const gateway = await start(
      `sinks:\n  - { name: slow, type: http, url: "${url}", batch: { maxAgeMs: 0 } }\n`,
    );
    const client = await device(gateway, 'lamp-1');
    await sendUp(client, 'lamp-1', lampData(0));
    await until(async () => {
      const { sinks } = await gateway.get<GatewayStatus>('/api/status');
      return sinks[0]?.state === 'sending' ? true : undefined;
    }, 'the sink is being sent to');
    gateway.child.kill('SIGTERM');
    const state = await until(async () => {
      const response = await fetch(`http://127.0.0.1:${gateway.httpPort}/readyz`);
      return response.status === 503 ? ((await response.json()) as unknown) : undefined;
    }, 'readiness is gone');
    expect(state).toMatchObject({ ready: false, checks: { phase: { reason: 'the gateway is draining' } } });
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended).code).toBe(143);
  });

  it('lets only devices in whose token it was told', async () => {
    const yaml = `auth:
  mode: tokens
  devices:
    - { tenant: acme, device: lamp-1, tokenSha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 }
sinks: []
`;
    const gateway = await start(yaml);
    const right = await device(gateway, 'lamp-1', 'test');
    await sendUp(right, 'lamp-1', lampData(0));
    await expect(device(gateway, 'lamp-1', 'wrong')).rejects.toThrow();
    await expect(device(gateway, 'lamp-2', 'test')).rejects.toThrow();
    expect((await drained(gateway)).recordsStored).toBe(2);
  });
});

/** Reads a metric by its name behind the prefix, with its labels. */
function metrics(text: string): (name: string) => number {
  return (name) => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`usewire_gateway_${name} `));
    return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
  };
}
