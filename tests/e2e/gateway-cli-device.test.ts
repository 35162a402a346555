import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeMessage, Kind } from '@usewire/protocol/wire';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, lampBytes, lampData, lampTable } from '../support/gateway-kit.ts';
import { hasOpenssl, testCa } from '../support/test-ca.ts';
import {
  connectDevice,
  isBuilt,
  type RunningGateway,
  runGateway,
  sendUp,
  usewire,
} from '../support/usewire-cli.ts';

describe.skipIf(!isBuilt)('usewire device (built)', () => {
  let folder = '';
  let data = '';
  let config = '';
  const gateways: RunningGateway[] = [];
  const clients: MqttClient[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'usewire-device-'));
    data = join(folder, 'data');
    config = write('usewire.yaml', 'auth: { mode: registry }\nsinks: []\ndataDirectory: data\n');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    for (const gateway of gateways.splice(0)) await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, text: string | Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }
  const device = (...args: string[]) => usewire(['device', ...args, '--config', config]);
  async function running(): Promise<RunningGateway> {
    const gateway = await runGateway(data, ['--config', config]);
    gateways.push(gateway);
    return gateway;
  }
  async function connected(gateway: RunningGateway, name: string, token: string): Promise<MqttClient> {
    const client = await connectDevice(gateway.mqttPort, name, token);
    clients.push(client);
    return client;
  }

  it('S1: adds before there is a gateway, and revokes while it runs', async () => {
    const added = await device('add', 'acme', 'lamp-1');
    expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{43}\n$/) });
    const token = added.stdout.trim();
    const gateway = await running();
    const lamp = await connected(gateway, 'lamp-1', token);
    await sendUp(lamp, 'lamp-1', Buffer.from('held aside'));
    expect((await device('revoke', 'acme', 'lamp-1')).stdout).toBe('acme.lamp-1 is revoked.\n');
    await eventually(() => !lamp.connected, 'the end of the connection', 1_000);
    await expect(connected(gateway, 'lamp-1', token)).rejects.toMatchObject({ code: 5 });
    const again = await device('add', 'acme', 'lamp-1', '--again', '--json');
    const issued = JSON.parse(again.stdout) as { token: string; clientId: string };
    expect(issued.clientId).toBe('acme.lamp-1');
    await connected(gateway, 'lamp-1', issued.token);
  });

  it('shows the history of a device, and what the gateway misses of it', async () => {
    const token = (await device('add', 'acme', 'lamp-1')).stdout.trim();
    const without = await device('show', 'acme', 'lamp-1', '--url', 'http://127.0.0.1:9');
    expect(without).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/acme\.lamp-1 {2}active\n.* added .*\nNo gateway answers/),
    });
    const gateway = await running();
    const url = `http://127.0.0.1:${gateway.httpPort}`;
    expect((await device('show', 'acme', 'lamp-1', '--url', url)).stdout).toContain('has not heard of it');
    const lamp = await connected(gateway, 'lamp-1', token);
    await bringModel(lamp);
    for (const seq of [1, 4]) await sendUp(lamp, 'lamp-1', lampData(seq));
    const shown = await device('show', 'acme', 'lamp-1', '--url', url);
    expect(shown.stdout).toContain('missing sequence numbers:\n  boot 1: 0\n  boot 1: 2-3\n');
    const json = JSON.parse((await device('show', 'acme', 'lamp-1', '--url', url, '--json')).stdout);
    expect(json).toMatchObject({
      registered: { status: 'active' },
      heard: { missing: [{ from: 0 }, { from: 2 }] },
    });
    expect(json.history).toHaveLength(1);
    expect(JSON.stringify(json)).not.toContain(token);
  });

  async function bringModel(client: MqttClient): Promise<void> {
    const message = encodeMessage({ kind: Kind.model, modelHash: lampTable.hash, model: lampBytes });
    await sendUp(client, 'lamp-1', Buffer.from(message));
  }

  it('S1: rotates, and makes claim tokens', async () => {
    const gateway = await running();
    const old = (await device('add', 'acme', 'lamp-1')).stdout.trim();
    const fresh = (await device('rotate', 'acme', 'lamp-1', '--grace', '1h')).stdout.trim();
    await connected(gateway, 'lamp-1', old);
    await connected(gateway, 'lamp-1', fresh);
    await expect(connected(gateway, 'lamp-1', old)).rejects.toMatchObject({ code: 4 });
    const claim = (await device('claim-token', 'acme', '--ttl', '10m')).stdout.trim();
    await connected(gateway, 'lamp-2', `${claim}.${'s'.repeat(40)}`);
    const listed = await device('list');
    expect(listed.stdout).toMatch(/^device .*\nacme\.lamp-1 {2}active .*\nacme\.lamp-2 {2}active .*\n$/);
  });

  it('says what is wrong with a command', async () => {
    await device('add', 'acme', 'lamp-1');
    const ends = async (...args: string[]) => {
      const { code, stderr } = await device(...args);
      expect(stderr).not.toMatch(/^ +at /m);
      return [code, stderr];
    };
    expect(await ends('add', 'acme', 'lamp-1')).toEqual([
      1,
      expect.stringContaining('acme.lamp-1 has a token already'),
    ]);
    expect(await ends('rotate', 'acme', 'nobody')).toEqual([1, expect.stringContaining('is not registered')]);
    expect(await ends('add', 'ac/me', 'x')).toEqual([
      64,
      expect.stringContaining('The tenant "ac/me" is no name'),
    ]);
    expect(await ends('rotate', 'acme', 'lamp-1', '--grace', 'long')).toEqual([
      64,
      expect.stringContaining('--grace is "long"'),
    ]);
    config = write('usewire.yaml', 'dataDirectory: data\n');
    expect(await ends('revoke', 'acme', 'lamp-1')).toEqual([
      0,
      expect.stringContaining('does not look at these devices'),
    ]);
  });

  it.skipIf(!hasOpenssl)(
    'reads certificates again on SIGHUP, and says at the start what is wrong with them',
    async () => {
      const ca = testCa();
      const { certFile, keyFile } = ca.issue('server', { cn: 'gateway', san: 'IP:127.0.0.1' });
      const tls = (key: string) =>
        `sinks: []\ndataDirectory: data\nlisten: { mqtts: { port: 0, cert: ${certFile}, key: ${key} } }\n`;
      config = write('usewire.yaml', tls(`${keyFile}x`));
      const wrong = await usewire(['gateway', '--config', config, '--mqtt-port', '0', '--http-port', '0']);
      expect(wrong).toMatchObject({ code: 78, stderr: expect.stringContaining('listen.mqtts.key: ') });
      expect(await usewire(['validate', config])).toMatchObject({ code: 78 });
      config = write('usewire.yaml', tls(keyFile));
      const gateway = await running();
      const loads = () => gateway.events().filter(({ event }) => event === 'tls.loaded').length;
      expect(loads()).toBe(1);
      gateway.child.kill('SIGHUP');
      await eventually(() => loads() === 2, 'the second reading');
      ca.remove();
    },
  );
});
