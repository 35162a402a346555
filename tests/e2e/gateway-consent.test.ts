import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '@usewire/device-sdk';
import { event, int, product } from '@usewire/protocol/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/gateway-kit.ts';
import { DatabaseSync } from '../support/sqlite.ts';
import { isBuilt, type RunningGateway, runGateway, usewire } from '../support/usewire-cli.ts';

const pillow = product('acme.pillow', 1, {
  purposes: {
    service: { basis: 'contract', code: 'service_provision' },
    health: { basis: 'consent', code: 'personalisation' },
  },
  subjects: ['left', 'right'],
  points: {
    turned: event({ id: 1, for: 'service', attributes: { n: int(0, 99) } }),
    snored: event({ id: 2, for: 'health', perSubject: true, attributes: { n: int(0, 99) } }),
  },
});

const startPillow = (mqttPort: number, dataDir: string) =>
  start(pillow, {
    ...{ tenant: 'acme', device: 'pillow-1', dataDir, maxRetryMs: 50 },
    gateway: `mqtt://127.0.0.1:${mqttPort}`,
  });

interface Stand {
  subject: number;
  purpose: string;
  state: string;
  isConfirmed: boolean;
}

describe.skipIf(!isBuilt)('usewire consent (built)', () => {
  let folder = '';
  let gateway: RunningGateway | undefined;
  let device: ReturnType<typeof startPillow> | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-consent-'));
    const controller = 'consent: { controller: "Acme GmbH", jurisdiction: EU }';
    const sinks = 'sinks: [{ name: out, type: jsonl, directory: out, batch: { maxAgeMs: 0 } }]';
    writeFileSync(join(folder, 'usewire.yaml'), `${controller}\n${sinks}\ndataDirectory: data\n`);
  });
  afterEach(async () => {
    await device?.stop({ drainMs: 100 });
    await gateway?.stop();
    device = undefined;
    gateway = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const config = () => ['--config', join(folder, 'usewire.yaml')];
  async function run(mqttPort = '0'): Promise<RunningGateway> {
    gateway = await runGateway(join(folder, 'data'), [...config(), '--mqtt-port', mqttPort]);
    return gateway;
  }
  function wake({ mqttPort }: RunningGateway) {
    const woken = startPillow(mqttPort, join(folder, 'pillow'));
    device = woken;
    return woken;
  }
  const url = () => (gateway === undefined ? [] : ['--url', `http://127.0.0.1:${gateway.httpPort}`]);
  const consent = (...args: string[]) => usewire(['consent', ...args, ...config()]);
  async function stands(): Promise<Stand[]> {
    return JSON.parse((await consent('show', 'acme', 'pillow-1', '--json')).stdout) as Stand[];
  }
  /** Names and numbers of what has left. */
  function out(): string[] {
    const files = join(folder, 'data', 'out');
    const names = existsSync(files) ? readdirSync(files).filter((name) => name.includes('jsonl')) : [];
    const lines = names.flatMap((name) => readFileSync(join(files, name), 'utf8').split('\n'));
    return lines.flatMap((line) => {
      if (!line.startsWith('{')) return [];
      const { point, attributes } = JSON.parse(line) as { point?: string; attributes?: { n: number } };
      return point === undefined ? [] : [`${point} ${attributes?.n}`];
    });
  }

  it('C1 C2: what a person takes back in the service ends on the device and at the sinks, and every step is proven', async () => {
    const pillowDevice = wake(await run());
    pillowDevice.consent.set({ health: true }, { notice: '2026-09', subject: 'left' });
    pillowDevice.points.snored.left({ n: 1 });
    pillowDevice.flush();
    await eventually(() => out().includes('snored 1'), 'the first night at the sink');

    const taken = await consent(
      'withdraw',
      'acme',
      'pillow-1',
      'personalisation',
      '--subject',
      'left',
      ...url(),
    );
    expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Entry 2 of acme: .* epoch 2/) });
    await eventually(() => !pillowDevice.consent.isGranted('health', 'left'), 'the device acts on it');
    pillowDevice.points.snored.left({ n: 2 });
    pillowDevice.points.turned({ n: 3 });
    pillowDevice.flush();
    await eventually(() => out().includes('turned 3'), 'what rests on the contract');
    expect(out().sort()).toEqual(['snored 1', 'turned 3']);
    expect(await stands()).toMatchObject([
      { subject: 1, purpose: 'personalisation', state: 'withdrawn', isConfirmed: true },
    ]);

    const history = JSON.parse((await consent('history', 'acme', '--json')).stdout) as {
      pii_processing: object;
      events: object[];
    }[];
    expect(history.map(({ events }) => events[0])).toMatchObject([
      { event_type: 'device', consent_epoch: 1 },
      { event_type: 'service', entity: expect.stringContaining('command line') },
    ]);
    expect(history[1]!.pii_processing).toMatchObject({ pii_controller: 'Acme GmbH', jurisdiction: 'EU' });
    const verified = await usewire(['audit', 'verify', ...config()]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/^acme: 2 entries, whole/) });
  });

  it('takes choices without a gateway, imports those of another system, and the device hears of them when it comes', async () => {
    const first = await run();
    const { mqttPort } = first;
    const pillowDevice = wake(first);
    const isRegistered = () => first.events().some(({ event }) => event === 'model.registered');
    await eventually(isRegistered, 'its hello and its model');
    await first.stop();
    gateway = undefined;
    const granted = await consent('grant', 'acme', 'pillow-1', 'personalisation', '--subject', 'left');
    expect(granted).toMatchObject({ code: 0, stderr: '' });
    const file = join(folder, 'choices.jsonl');
    const line = { tenant: 'acme', device: 'pillow-1', subject: 2, purposes: { personalisation: true } };
    writeFileSync(file, `${JSON.stringify({ ...line, purposes: { nothing: true } })}\n{\n`);
    const wrong = await consent('import', file);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('choices.jsonl:2: this is no JSON'),
    });
    writeFileSync(file, `${JSON.stringify({ ...line, atMs: 1_790_000_000_000 })}\n`);
    expect((await consent('import', file, '--by', 'old app')).stdout).toBe('1 choices are in the ledger.\n');
    expect(await stands()).toMatchObject([{ isConfirmed: false }, { isConfirmed: false }]);

    await run(String(mqttPort));
    await eventually(() => pillowDevice.consent.isGranted('health', 'right'), 'both are known on the device');
    expect(pillowDevice.consent.isGranted('health', 'left')).toBe(true);
    pillowDevice.points.snored.right({ n: 7 });
    pillowDevice.flush();
    await eventually(() => out().includes('snored 7'), 'data under the new epoch');
    // The device confirmed both before it sent data under them.
    expect(await stands()).toMatchObject([{ isConfirmed: true }, { isConfirmed: true }]);
  });

  it('says exactly where the ledger was changed', async () => {
    await (await run()).stop();
    gateway = undefined;
    for (const purpose of ['research', 'marketing', 'sale'])
      await consent('grant', 'acme', 'pillow-1', purpose, '--subject', '1');
    const db = new DatabaseSync(join(folder, 'data', 'spool.db'));
    db.exec('DROP TRIGGER consents_hold');
    db.exec(`UPDATE consents SET body = replace(body, '[8,', '[9,') WHERE number = 2`);
    db.close();
    const verified = await usewire(['audit', 'verify', ...config()]);
    expect(verified.code).toBe(1);
    expect(verified.stdout).toMatch(/^acme: BROKEN at entry 2 \(changed\): .* 1 entries before it hold/);
  });
});
