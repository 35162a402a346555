import { type DeviceRegistry, type Issued, openDeviceRegistry } from '@usewire/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampBytes,
  lampData,
  lampHello,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';
import {
  type ConnectOptions,
  connectPacket,
  packet,
  publishPacket,
  type RawClient,
  rawClient,
  subscribePacket,
} from '../support/raw-mqtt.ts';

const LAMP = { tenant: 't', device: 'lamp' };
const OTHER = { tenant: 't', device: 'other' };
const UP = 'pou/1/t/lamp/up';
const ST = 'pou/1/t/lamp/st';

let running: TestGateway;
let registry: DeviceRegistry;
const clients: RawClient[] = [];

beforeEach(async () => {
  running = await startGateway({ identity: { mode: 'registry' }, models: [lampBytes] });
  registry = openDeviceRegistry(running.directory, Date.now);
});
afterEach(async () => {
  for (const made of clients.splice(0)) made.end();
  registry.close();
  await running.stop();
});

const refused = () => running.gateway.view.counters().refused;

function token(issued: Issued): string {
  if (!issued.ok) throw new Error(issued.problem);
  return issued.token;
}

/** A client that has said CONNECT, and the return code that it got. */
async function login(id: typeof LAMP, password: string, options: ConnectOptions = {}) {
  const made = rawClient(running.mqttPort);
  clients.push(made);
  made.send(connectPacket(`${id.tenant}.${id.device}`, { password, ...options }));
  const connack = await eventually(() => made.packets.find((p) => p.header === 0x20), 'CONNACK');
  return { client: made, code: connack.body[1]! };
}

async function acked(client: RawClient, id: typeof LAMP, seq: number): Promise<void> {
  const before = client.pubacks().length;
  client.send(publishPacket(`pou/1/${id.tenant}/${id.device}/up`, lampData(seq), seq + 1));
  await eventually(() => client.pubacks().length === before + 1, 'the ack');
}

describe('the registry of a running gateway', () => {
  it('S1: lets in a device that was added a moment ago, with its own token only', async () => {
    const mine = token(registry.add(LAMP));
    const other = token(registry.add(OTHER));
    const { client, code } = await login(LAMP, mine);
    expect(code).toBe(0);
    await acked(client, LAMP, 0);
    expect((await login(LAMP, other)).code).toBe(4);
    expect((await login({ tenant: 't', device: 'nobody' }, mine)).code).toBe(4);
    expect(refused()).toEqual({ token: 2 });
  });

  it('S1: closes the connection of a revoked device within a second, and no other', async () => {
    const mine = token(registry.add(LAMP));
    const lamp = await login(LAMP, mine);
    const other = await login(OTHER, token(registry.add(OTHER)));
    expect(registry.revoke(LAMP).ok).toBe(true);
    await eventually(() => lamp.client.closed(), 'the end of the connection', 1_000);
    expect((await login(LAMP, mine)).code).toBe(5);
    await acked(other.client, OTHER, 0);
    expect(refused()).toEqual({ revoked: 2 });
  });

  it('leaves the connection alone when the token is rotated with a grace, and closes it without', async () => {
    const { client } = await login(LAMP, token(registry.add(LAMP)));
    token(registry.rotate(LAMP, 60_000));
    const marker = await login(OTHER, token(registry.add(OTHER)));
    registry.revoke(OTHER);
    await eventually(() => marker.client.closed(), 'the gateway has looked');
    await acked(client, LAMP, 0);
    token(registry.rotate(LAMP, 0));
    await eventually(() => client.closed(), 'the end of the connection', 1_000);
  });

  it('S1: hands a device over from the old token to the new one', async () => {
    const old = token(registry.add(LAMP));
    const fresh = token(registry.rotate(LAMP, 60_000));
    expect((await login(LAMP, old)).code).toBe(0);
    expect((await login(LAMP, fresh)).code).toBe(0);
    expect((await login(LAMP, old)).code).toBe(4);
  });

  it('S1: lets a device register itself with a claim token and its own secret, once', async () => {
    const claim = registry.claimToken('t', null, 60_000);
    const secret = 's'.repeat(32);
    const { client, code } = await login(LAMP, `${claim}.${secret}`);
    expect(code).toBe(0);
    await acked(client, LAMP, 0);
    expect((await login(LAMP, secret)).code).toBe(0);
    expect((await login(OTHER, `${claim}.${secret}`)).code).toBe(4);
    expect((await login(OTHER, claim)).code).toBe(4);
    expect(refused()).toMatchObject({ 'claim-used': 2 });
  });

  it('finds what was registered, and what was revoked, after a restart', async () => {
    const mine = token(registry.add(LAMP));
    const gone = token(registry.add(OTHER));
    registry.revoke(OTHER);
    await running.gateway.stop();
    running = await startGateway({ identity: { mode: 'registry' }, spool: { directory: running.directory } });
    expect((await login(LAMP, mine)).code).toBe(0);
    expect((await login(OTHER, gone)).code).toBe(5);
  });
});

describe("another's client id", () => {
  it('S1: is not taken over with a wrong token: session, subscriptions and what is under way stay', async () => {
    const { client } = await login(LAMP, token(registry.add(LAMP)));
    client.send(subscribePacket(1, 'pou/1/t/lamp/dn'));
    client.send(publishPacket(UP, lampData(0), 77, 2));
    await eventually(() => client.packets.some((p) => p.header === 0x50), 'PUBREC');
    const will = { topic: ST, payload: lampHello(0) };
    for (const password of ['wrong', '', token(registry.add(OTHER))]) {
      const stranger = await login(LAMP, password, { will });
      expect(stranger.code).toBe(4);
      await eventually(() => stranger.client.closed(), 'the end of the stranger');
    }
    client.send(packet(0x62, Buffer.from([0, 77])));
    await eventually(() => client.packets.some((p) => p.header === 0x70), 'PUBCOMP');
    expect(running.gateway.view.counters()).toMatchObject({ messages: 1, refused: { token: 3 } });
    client.send(publishPacket(UP, Buffer.from('wrong'), 2));
    await eventually(() => client.packets.some((p) => p.header >> 4 === 3), 'the nack on its own topic');
    expect(client.closed()).toBe(false);
  });

  it('goes to the newer connection with the right token, which is counted', async () => {
    const mine = token(registry.add(LAMP));
    const first = await login(LAMP, mine);
    const second = await login(LAMP, mine);
    expect(second.code).toBe(0);
    await eventually(() => first.client.closed(), 'the end of the first');
    await acked(second.client, LAMP, 0);
    expect(refused()).toEqual({ 'taken-over': 1 });
  });

  it('may come back at once after its connection ended, which is no takeover', async () => {
    const mine = token(registry.add(LAMP));
    const first = await login(LAMP, mine);
    first.client.send(packet(0xe0));
    await eventually(() => first.client.closed(), 'the end of the first');
    expect((await login(LAMP, mine)).code).toBe(0);
    expect(refused()).toEqual({});
  });
});

describe('rights of a device that was let in', () => {
  const will = (topic: string) => ({ will: { topic, payload: lampHello(0) } });

  it.each(['pou/1/t/other/st', UP, 'pou/1/t/lamp/dn', 'pou/1/x/lamp/st', '$SYS/x', 'elsewhere'])(
    'S1: has no will on %s',
    async (topic) => {
      const { client, code } = await login(LAMP, token(registry.add(LAMP)), will(topic));
      expect(code).toBe(5);
      await eventually(() => client.closed(), 'the end of the connection');
      expect(refused()).toEqual({ 'will-topic': 1 });
    },
  );

  it('has its will said on its own status when it is revoked', async () => {
    const { code } = await login(LAMP, token(registry.add(LAMP)), will(ST));
    expect(code).toBe(0);
    registry.revoke(LAMP);
    await eventually(() => running.gateway.view.counters().received === 1, 'the will');
    expect(running.gateway.view.devices()).toMatchObject([{ ...LAMP, boot: '1' }]);
  });

  it.each([
    '#',
    '+/+/+/+/+',
    'pou/1/t/+/dn',
    'pou/1/t/lamp/#',
    'pou/1/t/lamp/up',
    '$SYS/#',
    '$share/g/pou/1/t/lamp/dn',
  ])('S1: does not listen to %s', async (filter) => {
    const { client } = await login(LAMP, token(registry.add(LAMP)));
    client.send(subscribePacket(5, filter));
    const answer = await eventually(() => client.packets.find((p) => p.header === 0x90), 'SUBACK');
    expect(answer.body[2]).toBe(0x80);
    await acked(client, LAMP, 0);
  });
});
