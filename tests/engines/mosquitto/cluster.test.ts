import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event, int, product, start } from '@usewire/device-sdk';
import { decodeMessage, Kind } from '@usewire/protocol/wire';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/gateway-kit.ts';
import {
  drained,
  isBuilt,
  type RunningGateway,
  runGateway,
  until,
  usageRows,
} from '../../support/usewire-cli.ts';
import { findMosquitto, type Mosquitto, startMosquitto } from './server.mjs';

const bin = findMosquitto();
const missing = (bin ? null : 'no mosquitto 2 here') ?? (isBuilt ? null : 'the command is not built');
const why = missing === null ? '' : ` (skipped: ${missing})`;

const tally = product('test.tally', 1, {
  purposes: { service: { basis: 'contract', code: 'service_provision' } },
  points: { count: event({ id: 1, for: 'service', attributes: { n: int(0, 1_000_000) } }) },
});
const DEVICES = ['one', 'two', 'three'];
const RECORDS = 600;

describe.skipIf(missing !== null)(`a gateway behind Mosquitto${why}`, () => {
  let home = '';
  let broker: Mosquitto;
  let gateway: RunningGateway;
  let devices: ReturnType<typeof lived>[] = [];

  const runIt = () => runGateway(join(home, 'data'), ['--config', join(home, 'usewire.yaml')]);
  const isUp = async () =>
    (await gateway.get<{ cluster: { isUp: boolean }[] }>('/api/status')).cluster.every((each) => each.isUp);

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'usewire-cluster-'));
    broker = await startMosquitto(bin!);
  });

  async function startGateway(options: string): Promise<void> {
    const config = `cluster: { urls: ["${broker.url}"], clientId: gateway-1, receiveMaximum: 50, ${options} }\n`;
    writeFileSync(join(home, 'usewire.yaml'), config);
    gateway = await runIt();
    await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
  }

  afterEach(async () => {
    await Promise.all(devices.map((device) => device.stop({ drainMs: 0 })));
    devices = [];
    await gateway.stop();
    await broker.remove();
    rmSync(home, { recursive: true, force: true });
  });

  const lived = (device: string, acknowledgedBy: 'link' | 'gateway') =>
    start(tally, {
      ...{ gateway: broker.url, tenant: 'acme', device, dataDir: join(home, 'devices'), acknowledgedBy },
      ...{ flushIntervalMs: 20, minRetryMs: 20, maxRetryMs: 200, ackTimeoutMs: 3_000 },
    });

  function begin(acknowledgedBy: 'link' | 'gateway'): void {
    devices = DEVICES.map((device) => lived(device, acknowledgedBy));
  }

  const acked = () => devices.reduce((sum, device) => sum + device.status().acked, 0);

  function record(from: number, to: number): void {
    for (let n = from; n < to; n += 1) for (const device of devices) device.count({ n });
  }

  const stored = () =>
    usageRows(join(home, 'data'), 'SELECT device, n FROM test_tally_count ORDER BY device, n').map((row) => {
      const { device, n } = row as { device: string; n: number };
      return `${device} ${n}`;
    });
  const all = [...DEVICES]
    .sort()
    .flatMap((device) => Array.from({ length: RECORDS }, (_, n) => `${device} ${n}`));

  it.each([
    ['gateway', 'SIGKILL', 'shared: true, connections: 2', 'also what a killed Mosquitto has lost'],
    ['link', 'SIGTERM', 'shared: false, connections: 1', 'what a Mosquitto keeps that is restarted in order'],
  ] as const)(
    'has every record once: acknowledged by the %s, %s, %s: %s',
    async (acknowledgedBy, signal, options, _why) => {
      await startGateway(`devices: loopback, ${options}`);
      begin(acknowledgedBy);
      record(0, RECORDS / 4);
      await eventually(() => acked() > 0, 'the first acknowledgement', 30_000);

      gateway.child.kill('SIGKILL');
      record(RECORDS / 4, RECORDS / 2);
      await gateway.ended;
      gateway = await runIt();

      record(RECORDS / 2, (RECORDS * 3) / 4);
      await broker.stop(signal);
      record((RECORDS * 3) / 4, RECORDS);
      await broker.start();

      await eventually(() => acked() === DEVICES.length * RECORDS, 'every acknowledgement', 60_000);
      await expect
        .poll(() => drained(gateway).then(() => stored().length), { timeout: 30_000 })
        .toBe(all.length);
      expect(stored()).toEqual(all);
      const { phase } = await gateway.get<{ phase: string }>('/api/status');
      expect(phase).toBe('ready');
    },
  );

  it('checks seals all the same: over a plain link data without one stays with the device, which hears why', async () => {
    await startGateway('devices: plain');
    begin('gateway');
    record(0, 1);
    await eventually(
      () => devices.every((device) => device.status().lastProblem.includes('S1 is needed')),
      'the refusal',
    );
    expect(acked()).toBe(0);
    const { counters } = await gateway.get<{ counters: { messages: number } }>('/api/status');
    expect(counters.messages).toBe(0);
  });

  it('keeps aside what is no message, takes it off the cluster, and tells the device', async () => {
    await startGateway('devices: loopback');
    const sender = await connectAsync(broker.url, { clientId: 'acme.one', protocolVersion: 5 });
    const answers: Buffer[] = [];
    sender.on('message', (_topic, payload) => answers.push(payload));
    await sender.subscribeAsync('pou/1/acme/one/dn', { qos: 1 });
    await sender.publishAsync('pou/1/acme/one/up', Buffer.from('a10001', 'hex'), { qos: 1 });
    await eventually(() => answers.length === 1, 'the nack');
    expect(decodeMessage(answers[0]!)).toMatchObject({ ok: true, value: { kind: Kind.nack } });
    const { rejected, cluster } = await gateway.get<{ rejected: number; cluster: { waiting: number }[] }>(
      '/api/status',
    );
    expect([rejected, cluster.map(({ waiting }) => waiting)]).toEqual([1, [0, 0, 0, 0]]);
    await sender.endAsync();
  });
});

describe.skipIf(missing !== null)(`a Mosquitto that asks for a password${why}`, () => {
  let home = '';

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-cluster-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('is told by the file that has it, and says which credentials are wrong', async () => {
    const passwords = join(home, 'passwords');
    // Made by mosquitto_passwd, of "secret" for "gateway".
    writeFileSync(passwords, '');
    execFileSync('mosquitto_passwd', ['-b', passwords, 'gateway', 'secret']);
    const broker = await startMosquitto(bin!, ['allow_anonymous false', `password_file ${passwords}`]);
    const state = async (password: string) => {
      writeFileSync(join(home, 'password'), `${password}\n`);
      const credentials = 'username: gateway, passwordFile: password';
      const config = `cluster: { urls: ["${broker.url}"], clientId: gateway-1, connections: 1, ${credentials} }\n`;
      writeFileSync(join(home, 'usewire.yaml'), config);
      const gateway = await runGateway(join(home, 'data'), ['--config', join(home, 'usewire.yaml')]);
      const read = async () => {
        const status = await gateway.get<{ cluster: { isUp: boolean; problem: string | null }[] }>(
          '/api/status',
        );
        const { isUp, problem } = status.cluster[0]!;
        return isUp ? 'up' : problem;
      };
      const found = await until(async () => (await read()) ?? undefined, 'an answer of the broker');
      await gateway.stop();
      return found;
    };
    try {
      expect(await state('wrong')).toBe('the cluster does not let this user in');
      expect(await state('secret')).toBe('up');
    } finally {
      await broker.remove();
    }
  });
});
