import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, device, type FloodedGateway, floodedGateway } from '../support/floods/flooded-gateway.mjs';
import { openFilesLimit, residentMb } from '../support/floods/memory.mjs';
import { eventually, lampBytes, lampData } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';
import { hasOpenssl, type TestCa, testCa } from '../support/test-ca.ts';
import { isBuilt } from '../support/usewire-cli.ts';

const HALF_OPEN = 10_000;
const MAX_GROWTH_MB = 100;
/** Of each healthy device, while the flood is on. */
const MESSAGES = 40;
const hasFiles = openFilesLimit() >= HALF_OPEN + 1_000;
const canMeasure = residentMb(process.pid) !== null;

const healthy = ['a', 'b', 'c', 'd', 'e', 'late'].map(device);
const hostile = Array.from({ length: 400 }, (_, i) => device(`hostile-${i}`));

/** Sends one message after the other, each when the one before is acknowledged. */
interface Device {
  client: RawClient;
  clientId: string;
  sent: number;
}

function enter(port: number, { clientId, token }: { clientId: string; token: string }): Device {
  const client = rawClient(port);
  client.send(connectPacket(clientId, { password: token }));
  return { client, clientId, sent: 0 };
}

async function acknowledged(of: Device, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const topic = `pou/1/${of.clientId.replace('.', '/')}/up`;
    of.sent += 1;
    of.client.send(publishPacket(topic, lampData(of.sent - 1), of.sent));
    await eventually(
      () => of.client.pubacks().length === of.sent,
      `ack ${of.sent} of ${of.clientId}`,
      60_000,
    );
  }
}

describe.skipIf(!isBuilt)('a flood (built gateway)', () => {
  let gateway: FloodedGateway;
  let ca: TestCa | undefined;
  let devices: Device[] = [];

  beforeAll(async () => {
    ca = hasOpenssl ? testCa() : undefined;
    const pem = ca?.issue('server', { cn: 'gateway', san: 'IP:127.0.0.1' });
    const tls = pem ? { cert: pem.certFile, key: pem.keyFile } : null;
    gateway = await floodedGateway({ devices: [...healthy, ...hostile], models: [lampBytes], tls });
    devices = healthy
      .filter(({ clientId }) => clientId !== 't.late')
      .map((one) => enter(gateway.mqttPort, one));
    // What a process needs once it has run for a while is no growth.
    await Promise.all(devices.map((one) => acknowledged(one, 300)));
  }, 120_000);
  afterAll(async () => {
    for (const { client } of devices) client.end();
    expect(await gateway.stop()).toBe(0);
    ca?.remove();
  }, 60_000);

  /** The attack's name, how many, what it must have got done, and what the gateway must have said to it. */
  const floods: [string, number, (tried: number) => boolean, string | null][] = [
    ['half-open sockets', HALF_OPEN, (tried) => tried >= HALF_OPEN, 'lobby-address'],
    ['CONNECT that drips', 3_000, (tried) => tried >= 3_000, 'lobby-address'],
    ['CONNECT flood, wrong tokens', 0, (tried) => tried >= 2_000, 'token'],
    ['CONNECT flood, right tokens', 0, (tried) => tried >= 2_000, null],
    ['packets that are never whole', 0, (tried) => tried >= 400, null],
    ['PUBLISH as fast as it goes, devices that read no answer', 0, (tried) => tried >= 64, null],
  ];
  const overTls: typeof floods = [
    ['half-open TLS sockets', 5_000, (tried) => tried >= 5_000, 'lobby-address'],
    ['TLS handshake flood', 0, (tried) => tried >= 500, null],
    ['ClientHello, then nothing', 2_000, (tried) => tried >= 2_000, 'handshakes-address'],
  ];

  const says = 'S2: %s: healthy devices are acknowledged every message, memory stays';
  it.skipIf(!hasFiles).each(floods.slice(0, 1))(`${says} (needs 11,000 open files)`, played);
  it.each(floods.slice(1))(says, played);
  it.skipIf(!hasOpenssl).each(overTls)(`${says} (needs the openssl command)`, played);

  async function played(
    name: string,
    count: number,
    isOn: (tried: number) => boolean,
    reason: string | null,
  ) {
    const before = residentMb(gateway.pid) ?? 0;
    const order = {
      attack: name,
      port: gateway.mqttPort,
      tlsPort: gateway.mqttsPort,
      count,
      devices: hostile,
    };
    const flood = await attack(order);
    let peak = before;
    const look = setInterval(() => {
      peak = Math.max(peak, residentMb(gateway.pid) ?? 0);
    }, 20);
    try {
      // In full swing, and served all the while.
      let tried = 0;
      while (!isOn(tried)) {
        await Promise.all(devices.map((one) => acknowledged(one, 1)));
        tried = (await flood.tally()).tried;
      }
      await Promise.all(devices.map((one) => acknowledged(one, MESSAGES)));
      const late = enter(gateway.mqttPort, device('late'));
      await acknowledged(late, 5);
      late.client.end();
      const { refused } = await gateway.counters();
      if (reason !== null) expect(refused[reason] ?? 0).toBeGreaterThan(0);
    } finally {
      clearInterval(look);
      await flood.stop();
    }
    process.stdout.write(
      `S2 ${name}: memory ${before.toFixed(0)} MB, at most +${(peak - before).toFixed(0)} MB\n`,
    );
    if (canMeasure) expect(peak - before).toBeLessThanOrEqual(MAX_GROWTH_MB);
    for (const { client, sent } of devices) {
      expect(client.closed()).toBe(false);
      expect(client.pubacks()).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
    }
  }
});
