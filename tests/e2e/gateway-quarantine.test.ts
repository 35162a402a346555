import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteSpool } from '@usewire/gateway';
import { Code, encodeMessage, Kind, toHex } from '@usewire/protocol/wire';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, lampBytes, lampData, lampTable } from '../support/gateway-kit.ts';
import {
  connectDevice,
  isBuilt,
  launch,
  type RunningGateway,
  runGateway,
  sendUp,
  usewire,
} from '../support/usewire-cli.ts';
import { brightData, brightEntry, correctedBytes } from '../support/wrong-lamp.ts';

const room = 2 ** 30;
const open = (directory: string) =>
  openSqliteSpool({ directory, maxBytes: room, maxQuarantineBytes: room, maxQuarantineBytesPerDevice: room });

/** Every way a payload of a device can be wrong by itself, and its reason. */
const WRONG: [string, Buffer, string][] = [
  ['no CBOR', Buffer.from('not a message'), 'malformed'],
  ['the beginning of a message', lampData(1).subarray(0, 20), 'malformed'],
  ['a value that the model forbids', brightData(2), 'outOfRange'],
  [
    'a kind that is for devices',
    Buffer.from(encodeMessage({ kind: Kind.nack, code: Code.schema })),
    'schema',
  ],
  ['nothing', Buffer.alloc(0), 'malformed'],
];

describe.skipIf(!isBuilt)('usewire quarantine (built)', () => {
  let folder = '';
  let data = '';
  let config = '';
  let running: RunningGateway | undefined;
  let client: MqttClient | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-quarantine-'));
    data = join(folder, 'data');
    config = join(folder, 'usewire.yaml');
    writeFileSync(join(folder, 'lamp.model'), lampBytes);
    writeFileSync(join(folder, 'corrected.model'), correctedBytes);
    writeFileSync(config, 'dataDirectory: data\nmodels: [lamp.model]\nsinks: []\n');
  });
  afterEach(async () => {
    client?.end(true);
    await running?.stop();
    running = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const quarantine = (...args: string[]) => usewire(['quarantine', ...args, '--config', config]);
  const asJson = async <T>(...args: string[]) => {
    const { stdout, stderr, code } = await quarantine(...args, '--json');
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as T;
  };
  async function started(): Promise<RunningGateway> {
    running = await runGateway(data, ['--config', config]);
    return running;
  }
  type Entry = { id: number; seq?: number; reason: string; payload: string; topic: string; madeWith: string };

  it('Q1: keeps every invalid payload with its reason and bytes, acknowledges it, and the device stays', async () => {
    const gateway = await started();
    client = await connectDevice(gateway.mqttPort, 'lamp-1');
    const nacks: string[] = [];
    client.on('message', (_topic, payload) => void nacks.push(payload.toString('hex')));
    await client.subscribeAsync('pou/1/acme/lamp-1/dn', { qos: 1 });
    for (const [, payload] of WRONG) await sendUp(client, 'lamp-1', payload);
    await sendUp(client, 'lamp-1', lampData(3));
    expect(client.connected).toBe(true);
    const found = (await asJson<Entry[]>('list', '--device', 'acme.lamp-1')).reverse();
    expect(found.map(({ reason, payload }) => [payload, reason])).toEqual(
      WRONG.map(([, payload, reason]) => [payload.toString('hex'), reason]),
    );
    expect(found[2]).toMatchObject({
      topic: 'up',
      boot: '1',
      seq: 2,
      link: 'mqtt',
      atByte: expect.any(Number),
    });
    expect(found[2]!.madeWith).toMatch(/^[0-9a-f]{8}$/);
    await eventually(() => nacks.length === WRONG.length, 'a nack for each');
  });

  it('shows an entry in full', async () => {
    const store = open(data);
    const model = { tenant: 'acme', hash: toHex(lampTable.hash), bytes: lampBytes, receivedAtMs: 1 };
    await store.commit([], [brightEntry('lamp-1', 7)], { models: [model] });
    await store.close();
    expect((await quarantine('list')).stdout).toBe(
      'id  received                  device       reason      message       bytes  detail\n' +
        ' 1  2027-01-15T08:00:00.007Z  acme.lamp-1  outOfRange  boot 1 seq 7     31  brightness is above its range\n',
    );
    const golden = readFileSync(new URL('gateway-quarantine.golden.txt', import.meta.url), 'utf8');
    expect((await quarantine('show', '1')).stdout).toBe(golden);
    expect(await quarantine('show', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No entry 2'),
    });
    expect(await quarantine('show', 'x')).toMatchObject({ code: 64 });
  });

  it('replays beside a running gateway, after it said what it would do', async () => {
    const gateway = await started();
    client = await connectDevice(gateway.mqttPort, 'lamp-1');
    for (const seq of [0, 1]) await sendUp(client, 'lamp-1', brightData(seq));
    await sendUp(client, 'lamp-1', brightData(2, 250));
    const model = join(folder, 'corrected.model');
    const url = `http://127.0.0.1:${gateway.httpPort}`;
    const replay = (...args: string[]) => quarantine('replay', '--model', model, '--url', url, ...args);
    expect((await replay('--dry-run')).stdout).toBe(
      '3 looked at (dry run: nothing is changed)\n  2 would be stored, with 2 records\n' +
        '  0 stored already; they would leave the quarantine\n  1 still refused: outOfRange\n',
    );
    expect((await replay()).stdout).toContain('2 stored, with 2 records');
    expect((await replay()).stdout).toContain('0 stored, with 0 records');
    const status = await gateway.get<{ messages: number; rejected: number }>('/api/status');
    expect(status).toMatchObject({ messages: 2, rejected: 1 });
    expect((await gateway.text('/api/records')).trim().split('\n')).toHaveLength(2);
    const locked = await quarantine('drop', '--yes', '--url', 'http://127.0.0.1:9');
    expect(locked).toMatchObject({ code: 69, stderr: expect.stringContaining('No gateway answers') });
  });

  it('drops what is named, never without a yes, and tells the audit', async () => {
    const store = open(data);
    await store.commit([], [brightEntry('lamp-1', 0), brightEntry('lamp-2', 0)]);
    await store.close();
    expect(await quarantine('drop', '--device', 'lamp-1')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('say --yes'),
    });
    expect(await asJson('drop', '--device', 'lamp-1', '--yes')).toEqual({ dropped: 1 });
    expect(await asJson<Entry[]>('list')).toHaveLength(1);
    const after = open(data);
    expect(after.audit()).toMatchObject([
      { what: 'quarantine.drop', by: expect.stringContaining('command line') },
    ]);
    await after.close();
  });

  it('Q2: has the same effect when it is killed in the middle and run again', async () => {
    const count = 20_000;
    const store = open(data);
    for (let from = 0; from < count; from += 2_000) {
      const entries = Array.from({ length: 2_000 }, (_, i) =>
        brightEntry(`lamp-${(from + i) % 10}`, Math.floor((from + i) / 10)),
      );
      await store.commit([], entries);
    }
    await store.close();
    const args = ['quarantine', 'replay', '--model', join(folder, 'corrected.model'), '--config', config];
    for (const enough of [1_000, 6_000]) {
      const child = launch(args);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const reader = open(data);
      await eventually(
        () => count - reader.size().quarantineMessages >= enough,
        `${enough} replayed`,
        20_000,
      );
      child.kill('SIGKILL');
      await ended;
      await reader.close();
    }
    const report = await asJson<{ stored: number }>('replay', '--model', join(folder, 'corrected.model'));
    const after = open(data);
    expect(after.size()).toMatchObject({ quarantineMessages: 0, messages: count });
    expect(report.stored).toBeLessThanOrEqual(count - 6_000);
    const names = after
      .readAfter(0, { messages: count, bytes: 1e9 })
      .map((row) => `${row.device} ${row.seq}`);
    expect(new Set(names).size).toBe(count);
    await after.close();
  });
});
