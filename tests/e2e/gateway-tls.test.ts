import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { start } from '@usewire/device-sdk';
import { type GatewayOptions, openDeviceRegistry } from '@usewire/gateway';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, lamp, lampData, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, rawClient } from '../support/raw-mqtt.ts';
import { hasOpenssl, type Pem, type TestCa, testCa } from '../support/test-ca.ts';

describe.skipIf(!hasOpenssl)('MQTT over TLS (needs the openssl command)', () => {
  const certificates = {} as Record<'server' | 'uri' | 'cn' | 'ended' | 'nameless' | 'foreign', Pem>;
  let ca: TestCa;
  let otherCa: TestCa;
  let running: TestGateway | undefined;
  let port = 0;
  const clients: MqttClient[] = [];

  beforeAll(() => {
    ca = testCa();
    // The same name as the right one: the signature alone tells them apart.
    otherCa = testCa();
    certificates.server = ca.issue('server', { cn: 'gateway', san: 'IP:127.0.0.1' });
    certificates.uri = ca.issue('uri', { cn: 'board 7', san: 'URI:urn:usewire:t:lamp' });
    certificates.cn = ca.issue('cn', { cn: 't.lamp' });
    certificates.ended = ca.issue('ended', { cn: 't.lamp', days: -1 });
    certificates.nameless = ca.issue('nameless', { cn: 'lamp' });
    certificates.foreign = otherCa.issue('foreign', { cn: 't.lamp' });
  });
  afterAll(() => {
    ca.remove();
    otherCa.remove();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end(true);
    await running?.stop();
    running = undefined;
  });

  const refused = () => running!.gateway.view.counters().refused;

  async function gatewayWith(tls: object = {}, options: Partial<GatewayOptions> = {}): Promise<TestGateway> {
    const { certFile: cert, keyFile: key } = certificates.server;
    running = await startGateway({
      identity: { mode: 'registry' },
      mqtts: { port: 0, cert, key, clientCa: ca.caFile, ...tls },
      ...options,
    });
    port = running.mqttsPort;
    return running;
  }

  function add(device = 'lamp'): string {
    const registry = openDeviceRegistry(running!.directory, Date.now);
    const issued = registry.add({ tenant: 't', device });
    registry.close();
    if (!issued.ok) throw new Error(issued.problem);
    return issued.token;
  }

  async function device(options: IClientOptions = {}): Promise<MqttClient> {
    const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${port}`, {
      clientId: 't.lamp',
      username: 't.lamp',
      ca: ca.ca,
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => {});
    clients.push(client);
    return client;
  }

  const send = (client: MqttClient, seq: number) =>
    client.publishAsync('pou/1/t/lamp/up', lampData(seq), { qos: 1 });
  const own = (name: keyof typeof certificates) => ({
    cert: certificates[name].cert,
    key: certificates[name].key,
  });

  it('S1: takes a token, without a certificate', async () => {
    await gatewayWith();
    await send(await device({ password: add() }), 0);
    await expect(device({ password: 'wrong' })).rejects.toMatchObject({ code: 4 });
    expect(running!.gateway.view.counters().messages).toBe(1);
  });

  it.each(['uri', 'cn'] as const)(
    'S1: takes a certificate that names the device by its %s, without a token',
    async (name) => {
      await gatewayWith({ requireClientCertificate: true });
      await send(await device(own(name)), 0);
      await expect(device({ ...own(name), clientId: 't.other', username: 't.other' })).rejects.toMatchObject({
        code: 4,
      });
      expect(refused()).toEqual({ 'certificate-name': 1 });
    },
  );

  it.each([
    ['of another CA', 'foreign', 'certificate'],
    ['that has ended', 'ended', 'certificate'],
    ['that names no device', 'nameless', 'certificate-name'],
  ] as const)('S1: refuses a certificate %s, with a right token too', async (_name, which, reason) => {
    await gatewayWith();
    const password = add();
    await expect(device({ ...own(which), password })).rejects.toMatchObject({ code: 4 });
    expect(refused()).toEqual({ [reason]: 1 });
  });

  it('refuses a device without a certificate where one is required, with a right token too', async () => {
    await gatewayWith({ requireClientCertificate: true });
    await expect(device({ password: add() })).rejects.toMatchObject({ code: 4 });
    expect(refused()).toEqual({ 'certificate-missing': 1 });
  });

  it('S1: closes the connection of a certified device that is revoked', async () => {
    await gatewayWith({ requireClientCertificate: true });
    const client = await device(own('cn'));
    const registry = openDeviceRegistry(running!.directory, Date.now);
    registry.revoke({ tenant: 't', device: 'lamp' });
    registry.close();
    await eventually(() => !client.connected, 'the end of the connection', 1_000);
    await expect(device(own('cn'))).rejects.toMatchObject({ code: 5 });
  });

  it('speaks no TLS below 1.2 and no plain MQTT on this port, and serves others meanwhile', async () => {
    await gatewayWith();
    const password = add();
    const plain = rawClient(port);
    plain.send(connectPacket('t.lamp', { password }));
    await eventually(() => plain.closed(), 'the end of plain MQTT');
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(commonName(old)).rejects.toThrow();
    await eventually(() => (refused()['tls-handshake'] ?? 0) >= 2, 'both are counted');
    await send(await device({ password }), 0);
  });

  it('serves a new certificate without dropping a connection, and keeps the old one when the new one is wrong', async () => {
    const files = { cert: join(ca.folder, 'live.pem'), key: join(ca.folder, 'live.key') };
    const renew = (pem: Pem) => {
      copyFileSync(pem.certFile, files.cert);
      copyFileSync(pem.keyFile, files.key);
    };
    renew(certificates.server);
    await gatewayWith(files);
    const client = await device({ password: add() });
    renew(ca.issue('second', { cn: 'second', san: 'IP:127.0.0.1' }));
    await served('second');
    writeFileSync(files.cert, 'half a file');
    running!.gateway.reloadCertificates();
    expect(await commonName()).toBe('second');
    renew(ca.issue('third', { cn: 'third', san: 'IP:127.0.0.1' }));
    running!.gateway.reloadCertificates();
    expect(await commonName()).toBe('third');
    await send(client, 0);
    expect(client.connected).toBe(true);
  });

  async function served(name: string): Promise<void> {
    const end = performance.now() + 10_000;
    while ((await commonName()) !== name) {
      if (performance.now() > end) throw new Error(`the certificate of ${name} is not served`);
    }
  }

  function commonName(options: ConnectionOptions = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = tlsConnect({ port, host: '127.0.0.1', ca: ca.ca, ...options }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  it('does not start with files that do not belong together, and says which', async () => {
    const { certFile: cert } = certificates.server;
    await expect(gatewayWith({ key: certificates.cn.keyFile })).rejects.toThrow(
      /is not the key of the certificate/,
    );
    await expect(gatewayWith({ cert: `${cert}x` })).rejects.toThrow(
      /listen\.mqtts\.cert: .*there is no such file/,
    );
    await expect(gatewayWith({ key: cert })).rejects.toThrow(/listen\.mqtts\.key: .*holds no private key/);
  });

  it('S1: listens off loopback with TLS and authentication only', async () => {
    const open = { host: '0.0.0.0', clientCa: undefined };
    const development = { identity: { mode: 'development' as const } };
    await expect(gatewayWith(open, development)).rejects.toThrow(/developmentGateway: true/);
    await expect(gatewayWith({}, { mqtt: { host: '0.0.0.0', port: 0 } })).rejects.toThrow(
      /developmentGateway: true/,
    );
    await gatewayWith(open);
    await send(await device({ password: add() }), 0);
    await running!.stop();
    await gatewayWith(open, { ...development, developmentGateway: true });
    await send(await device(), 0);
  });

  it('is spoken by the device SDK, with a certificate', async () => {
    await gatewayWith({ requireClientCertificate: true });
    const pou = start(lamp, {
      gateway: `mqtts://127.0.0.1:${port}`,
      tenant: 't',
      device: 'lamp',
      dataDir: join(running!.directory, 'device'),
      connection: { ca: ca.ca, ...own('uri') },
    });
    pou.points.switched({ brightness: 5 });
    pou.flush();
    await eventually(() => running!.gateway.view.counters().records === 1, 'the record');
    await pou.stop();
  });
});
