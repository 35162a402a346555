import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchOnDisk } from '../support/failing-disk/disk-gateway.ts';
import { smallDisk, whyNoSmallDisk } from '../support/failing-disk/small-disk.ts';
import { eventually, lampData, lampModelMessage } from '../support/gateway-kit.ts';
import { connectPacket, packet, publishPacket, rawClient } from '../support/raw-mqtt.ts';
import { isBuilt, until, usewire } from '../support/usewire-cli.ts';

const missing = whyNoSmallDisk() ?? (isBuilt ? null : 'the command is not built (npm run build)');
const title = 'D2 a real disk';

describe.skipIf(missing !== null)(missing === null ? title : `${title} (skipped: ${missing})`, () => {
  let home = '';
  let disk: ReturnType<typeof smallDisk>;
  const cleanUp: (() => unknown)[] = [];

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'usewire-full-'));
    disk = smallDisk(join(home, 'disk'), '16m');
  });
  afterEach(async () => {
    for (const end of cleanUp.splice(0).reverse()) await end();
    disk.unmount();
    rmSync(home, { recursive: true, force: true });
  });

  function launch() {
    const gateway = launchOnDisk({ home, dataDir: join(disk.path, 'data') });
    cleanUp.push(gateway.stop);
    return gateway;
  }

  it('that is full: no ack, no end, and everything goes on by itself when there is space', async () => {
    const gateway = await launch().ready();
    const device = rawClient(gateway.mqttPort);
    device.send(connectPacket('acme.bed-1', { keepAliveS: 600 }));
    let id = 0;
    const send = (payload: Buffer) => {
      id += 1;
      device.send(publishPacket('pou/1/acme/bed-1/up', payload, id));
    };
    send(lampModelMessage());
    await eventually(() => device.pubacks().includes(1), 'the model is known');
    disk.fill();
    // Pages that the files have already may take a few.
    for (let seq = 0; seq < 400; seq += 1) send(lampData(seq, { records: 100 }));
    await until(
      async () => ((await gateway.page('/readyz')).text.includes('SPOOL_DISK_FULL') ? true : undefined),
      '/readyz tells that the disk is full',
    );
    device.send(packet(0xc0));
    await eventually(() => device.packets.some(({ header }) => header === 0xd0), 'PINGRESP');
    expect(device.pubacks().length).toBeLessThan(id);
    expect((await gateway.page('/metrics')).text).toContain('usewire_gateway_storage_failing 1\n');
    disk.free();
    await eventually(() => device.pubacks().length === id, 'every PUBACK', 30_000);
    expect(device.pubacks()).toEqual(Array.from({ length: id }, (_, i) => i + 1));
    expect(device.closed()).toBe(false);
    const told = gateway.log().filter(({ event }) => event === 'spool.refused');
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toMatch(/^the disk is full: free space on it; devices keep their data/);
  });

  it('that is full when the gateway starts: it waits, says so once, and is ready when there is space', async () => {
    const first = await launch().ready();
    expect(first.mqttPort).toBeGreaterThan(0);
    await cleanUp.pop()!();
    disk.fill();
    const gateway = launch();
    const waiting = () => gateway.log().filter(({ event }) => event === 'gateway.waiting');
    await eventually(() => waiting().length > 0, 'gateway.waiting', 20_000);
    expect(waiting()[0]?.reason).toMatch(/disk is full/);
    disk.free();
    await eventually(
      () => gateway.log().filter(({ event }) => event === 'gateway.ready').length === 2,
      'ready',
      40_000,
    );
    expect(waiting()).toHaveLength(1);
  });

  it('that is read-only when the gateway starts: it waits until it may be written', async () => {
    disk.readOnly(true);
    const gateway = launch();
    const waiting = () => gateway.log().find(({ event }) => event === 'gateway.waiting');
    const line = await eventually(waiting, 'gateway.waiting', 20_000);
    expect(line.reason).toMatch(/read-only/);
    disk.readOnly(false);
    expect((await gateway.ready()).mqttPort).toBeGreaterThan(0);
  });

  it('that is full under the registry: a claim is answered "try again", and is good afterwards', async () => {
    const dataDir = join(disk.path, 'data');
    mkdirSync(dataDir);
    const config = join(home, 'registry.yaml');
    writeFileSync(config, 'auth: { mode: registry }\n');
    const flags = ['--config', config, '--data-dir', dataDir];
    const claim = (await usewire(['device', 'claim-token', 'acme', ...flags])).stdout.trim();
    const password = `${claim}.${'s'.repeat(43)}`;
    const { ready, stop } = launchOnDisk({ home, dataDir, config: 'auth: { mode: registry }\n' });
    cleanUp.push(stop);
    const gateway = await ready();
    const answer = async () => {
      const device = rawClient(gateway.mqttPort);
      device.send(connectPacket('acme.bed-9', { password }));
      const connack = await eventually(() => device.packets.find(({ header }) => header === 0x20), 'CONNACK');
      device.end();
      return connack.body[1];
    };
    disk.fill();
    expect(await answer()).toBe(3);
    disk.free();
    expect(await answer()).toBe(0);
  });
});
