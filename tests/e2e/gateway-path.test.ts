import { createHash } from 'node:crypto';
import { type MemorySpool, memorySpool, readConsentEntry } from '@usewire/gateway';
import { decodeMessage, encodeMessage, Kind } from '@usewire/protocol/wire';
import { afterEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampBytes,
  lampData,
  lampHello,
  lampTable,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';
import {
  connectPacket,
  packet,
  publishPacket,
  type RawClient,
  rawClient,
  subscribePacket,
} from '../support/raw-mqtt.ts';

const UP = 'pou/1/t/lamp/up';
const ST = 'pou/1/t/lamp/st';
const DN = 'pou/1/t/lamp/dn';
const LAMP = { tenant: 't', device: 'lamp' };

let running: TestGateway | undefined;
const clients: RawClient[] = [];

function client(): RawClient {
  const made = rawClient(running!.mqttPort);
  clients.push(made);
  return made;
}

/** Connected, accepted and subscribed to its commands. */
async function device(clientId = 't.lamp'): Promise<RawClient> {
  const made = client();
  made.send(connectPacket(clientId), subscribePacket(900, `pou/1/${clientId.replace('.', '/')}/dn`));
  await eventually(() => made.packets.some((p) => p.header === 0x90), 'SUBACK');
  return made;
}

/** Messages of the gateway to a device. */
function commands(of: RawClient) {
  return of.packets
    .filter((p) => p.header >> 4 === 3)
    .map((p) => {
      const topicLength = p.body.readUInt16BE(0);
      const decoded = decodeMessage(p.body.subarray(2 + topicLength + ((p.header & 6) === 0 ? 0 : 2)));
      if (!decoded.ok) throw new Error(decoded.error.detail);
      return decoded.value;
    });
}

const view = () => running!.gateway.view;
const stored = () => view().counters().messages;

afterEach(async () => {
  for (const made of clients.splice(0)) made.end();
  await running?.stop();
  running = undefined;
});

describe.each([
  ['taken by the guard', false],
  ['through the broker', true],
])('telemetry %s', (_name, telemetryThroughBroker) => {
  const start = async (options = {}) => {
    running = await startGateway({ mqtt: { telemetryThroughBroker }, ...options });
  };

  it('is acknowledged in order, once it is stored', async () => {
    await start();
    const lamp = await device();
    for (let seq = 0; seq < 50; seq += 1) lamp.send(publishPacket(UP, lampData(seq), 1000 - seq));
    await eventually(() => lamp.pubacks().length === 50, 'fifty acks');
    expect(lamp.pubacks()).toEqual(Array.from({ length: 50 }, (_, seq) => 1000 - seq));
    expect(view().size().messages).toBe(50);
    expect(view().devices()).toMatchObject([{ ...LAMP, messages: 50, records: 100, boot: '1' }]);
  });

  it('is acknowledged again when it comes again, and stored once', async () => {
    await start();
    const lamp = await device();
    lamp.send(
      publishPacket(UP, lampData(0), 1),
      publishPacket(UP, lampData(0), 2),
      publishPacket(UP, lampData(1), 3),
    );
    await eventually(() => lamp.pubacks().length === 3, 'three acks');
    lamp.send(publishPacket(UP, lampData(0), 4));
    await eventually(() => lamp.pubacks().length === 4, 'the fourth ack');
    expect(lamp.pubacks()).toEqual([1, 2, 3, 4]);
    expect(view().counters()).toMatchObject({ messages: 2, duplicates: 2 });
  });

  it('that is wrong is kept aside, acknowledged in its place, and answered with a nack; the connection stays', async () => {
    await start();
    const lamp = await device();
    const truncated = lampData(1).subarray(0, 12);
    lamp.send(
      publishPacket(UP, lampData(0), 1),
      publishPacket(UP, truncated, 2),
      publishPacket(UP, lampData(2), 3),
    );
    await eventually(() => lamp.pubacks().length === 3, 'three acks');
    expect(lamp.pubacks()).toEqual([1, 2, 3]);
    const [nack] = await eventually(() => commands(lamp).length > 0 && commands(lamp), 'a nack');
    expect(nack).toMatchObject({ kind: Kind.nack, code: 1 });
    const [entry] = view().quarantine({});
    expect(entry).toMatchObject({ ...LAMP, reason: 'malformed', link: 'mqtt' });
    expect(Buffer.from(entry!.payload)).toEqual(truncated);
    expect(lamp.closed()).toBe(false);
    expect(view().gaps()).toEqual([{ ...LAMP, boot: '1', first: 1, last: 1 }]);
  });

  it('names the message in the nack when its head can be read', async () => {
    await start();
    const lamp = await device();
    const outside = Buffer.from(lampData(7));
    // The last row's brightness, 8, becomes 120: beyond 0..100, in two bytes.
    const wrong = Buffer.concat([outside.subarray(0, -1), Buffer.from([0x18, 120])]);
    lamp.send(publishPacket(UP, wrong, 1));
    const [nack] = await eventually(() => commands(lamp).length > 0 && commands(lamp), 'a nack');
    expect(nack).toMatchObject({ kind: Kind.nack, seq: 7, boot: 1, code: 7 });
    expect(view().counters().quarantined).toEqual({ outOfRange: 1 });
  });

  it('of an unknown model is parked, the model asked for, and everything stored once it has come', async () => {
    await start({ models: [] });
    const lamp = await device();
    lamp.send(publishPacket(UP, lampData(0), 1), publishPacket(UP, lampData(1), 2));
    await eventually(() => lamp.pubacks().length === 2, 'two acks');
    expect(view().counters().quarantined).toEqual({ unknownModel: 2 });
    const [request, ...more] = await eventually(
      () => commands(lamp).length > 0 && commands(lamp),
      'a model-req',
    );
    expect(request).toMatchObject({ kind: Kind.modelReq });
    expect(more).toEqual([]);
    const modelHash = lampTable.hash.subarray(0, 8);
    lamp.send(
      publishPacket(UP, Buffer.from(encodeMessage({ kind: Kind.model, modelHash, model: lampBytes })), 3),
    );
    await eventually(() => stored() === 2, 'both messages');
    expect(lamp.pubacks()).toEqual([1, 2, 3]);
    expect(view().quarantine({})).toEqual([]);
    lamp.send(publishPacket(UP, lampData(2), 4));
    await eventually(() => stored() === 3, 'the next message');
  });

  it('of QoS 0 is stored, and counted as not acknowledged', async () => {
    await start();
    const lamp = await device();
    lamp.send(publishPacket(UP, lampData(0), 0, 0));
    await eventually(() => stored() === 1, 'the message');
    expect(view().counters().unacknowledged).toBe(1);
    expect(lamp.pubacks()).toEqual([]);
  });

  it('of QoS 2 is stored before PUBREC', async () => {
    await start();
    const lamp = await device();
    lamp.send(publishPacket(UP, lampData(0), 77, 2));
    await eventually(() => lamp.packets.some((p) => p.header === 0x50), 'PUBREC');
    expect(view().size().messages).toBe(1);
  });

  it('is not acknowledged while the store refuses, and is when it takes again', async () => {
    const store: MemorySpool = memorySpool();
    running = await startGateway({ mqtt: { telemetryThroughBroker } }, { store });
    const lamp = await device();
    store.failWith({ code: 'SPOOL_FULL', message: 'no space' });
    lamp.send(
      publishPacket(UP, lampData(0), 1),
      publishPacket(UP, lampData(1), 2),
      publishPacket(UP, lampData(0), 3),
    );
    await eventually(() => view().counters().commitFailures > 0, 'a refused commit');
    expect(lamp.pubacks()).toEqual([]);
    expect(view().gauges().storageFailure).toMatchObject({ code: 'SPOOL_FULL' });
    store.failWith(null);
    await eventually(() => lamp.pubacks().length === 3, 'the acks');
    expect(lamp.pubacks()).toEqual([1, 2, 3]);
    expect(stored()).toBe(2);
    expect(view().gauges().storageFailure).toBeNull();
  });
});

describe('the guard', () => {
  it('takes frames that come byte by byte', async () => {
    running = await startGateway();
    const lamp = client();
    const bytes = Buffer.concat([
      connectPacket('t.lamp'),
      publishPacket(UP, lampData(0), 1),
      publishPacket(UP, lampData(1), 2),
    ]);
    for (const byte of bytes) {
      lamp.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => lamp.pubacks().length === 2, 'both acks');
    expect(stored()).toBe(2);
  });

  it('takes a CONNECT and what follows it from one chunk', async () => {
    running = await startGateway();
    const lamp = client();
    const frames = Array.from({ length: 40 }, (_, seq) => publishPacket(UP, lampData(seq), seq + 1));
    lamp.send(Buffer.concat([connectPacket('t.lamp'), ...frames, packet(0xc0)]));
    await eventually(
      () => lamp.pubacks().length === 40 && lamp.packets.some((p) => p.header === 0xd0),
      'everything',
    );
    expect(lamp.packets[0]).toMatchObject({ header: 0x20, body: Buffer.from([0, 0]) });
  });

  it('refuses a large frame on its header before CONNACK, without waiting for its body', async () => {
    running = await startGateway();
    const attacker = client();
    attacker.send(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await eventually(() => attacker.closed(), 'the end of the connection');
    expect(view().counters().refused).toEqual({ 'packet-too-large': 1 });
  });

  it('refuses frames above the limit of an accepted connection', async () => {
    running = await startGateway({ mqtt: { maxPacketBytes: 1000 } });
    const lamp = await device();
    lamp.send(publishPacket(UP, lampData(0), 1));
    await eventually(() => lamp.pubacks().length === 1, 'the ack');
    lamp.send(publishPacket(UP, Buffer.alloc(2000), 2));
    await eventually(() => lamp.closed(), 'the end of the connection');
    expect(lamp.pubacks()).toEqual([1]);
  });

  it('closes a connection that never gets to its CONNECT', async () => {
    running = await startGateway({ mqtt: { connectTimeoutMs: 50 } });
    const slow = client();
    slow.send(connectPacket('t.lamp').subarray(0, 5));
    await eventually(() => slow.closed(), 'the end of the connection');
    expect(view().counters().refused).toEqual({ 'connect-timeout': 1 });
  });

  it('closes a device that is silent for one and a half keep-alives, and tells that it is lost', async () => {
    running = await startGateway();
    const lamp = client();
    const bye = encodeMessage({ kind: Kind.bye, seq: 0, boot: 1, uptimeMs: 5, reason: 9 });
    lamp.send(connectPacket('t.lamp', { keepAliveS: 1, will: { topic: ST, payload: Buffer.from(bye) } }));
    lamp.send(publishPacket(ST, lampHello(0), 1));
    await eventually(() => lamp.closed(), 'the end of the connection');
    expect(view().counters().refused).toEqual({ 'keep-alive': 1 });
    await eventually(() => view().devices()[0]?.state === 'lost', 'the state');
  });

  it('stops reading above the high-water mark and goes on below it', async () => {
    const store = memorySpool();
    const fast = { messagesPerSecond: 1_000_000, burstMessages: 1_000_000 };
    running = await startGateway({ path: { highWaterBytes: 20_000 }, guard: { device: fast } }, { store });
    const lamp = await device();
    store.failWith({ code: 'SPOOL_IO', message: 'slow' });
    const messages = 20_000;
    for (let seq = 0; seq < messages; seq += 1)
      lamp.send(publishPacket(UP, lampData(seq), (seq % 60_000) + 1));
    await eventually(() => view().gauges().paused, 'the pause');
    const { uncommittedBytes } = view().gauges();
    // At most the high-water mark and one chunk of 64 KiB with its overhead of 128 bytes a message.
    expect(uncommittedBytes).toBeLessThan(400_000);
    store.failWith(null);
    await eventually(() => lamp.pubacks().length === messages, 'all acks', 30_000);
    expect(stored()).toBe(messages);
  });

  it('refuses devices beyond its limit, and says that it is the gateway; one that comes back is not beyond it', async () => {
    running = await startGateway({ mqtt: { maxConnections: 1 } });
    const first = await device();
    const second = client();
    second.send(connectPacket('t.second'));
    const connack = await eventually(() => second.packets.find((p) => p.header === 0x20), 'CONNACK');
    expect(connack.body[1]).toBe(3);
    await eventually(() => second.closed(), 'the refusal');
    await device();
    await eventually(() => first.closed(), 'the end of the first');
    expect(view().counters().refused).toEqual({ 'max-connections': 1, 'taken-over': 1 });
  });
});

describe('identity and rights', () => {
  const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
  const identity = { mode: 'tokens' as const, devices: [{ ...LAMP, tokenSha256: sha256('right') }] };
  const connack = (of: RawClient) => eventually(() => of.packets.find((p) => p.header === 0x20), 'CONNACK');

  it.each([
    ['a wrong token', connectPacket('t.lamp', { password: 'wrong' })],
    ['no token', connectPacket('t.lamp')],
    ['an unknown device', connectPacket('t.other', { password: 'right' })],
    [
      'a user name that is not the client id',
      connectPacket('t.lamp', { userName: 't.other', password: 'right' }),
    ],
    ['a client id that names no device', connectPacket('lamp', { password: 'right' })],
  ])('refuses %s with a return code', async (_name, connect) => {
    running = await startGateway({ identity });
    const stranger = client();
    stranger.send(connect);
    expect((await connack(stranger)).body[1]).toBe(4);
    await eventually(() => stranger.closed(), 'the end of the connection');
  });

  it('accepts the right token', async () => {
    running = await startGateway({ identity });
    const lamp = client();
    lamp.send(connectPacket('t.lamp', { password: 'right' }), publishPacket(UP, lampData(0), 1));
    expect((await connack(lamp)).body[1]).toBe(0);
    await eventually(() => lamp.pubacks().length === 1, 'the ack');
  });

  it.each(['pou/1/t/other/up', 'pou/1/t/other/st', 'pou/1/x/lamp/up', DN, '$SYS/x/heartbeat', 'elsewhere'])(
    'S1: closes a connection that publishes to %s',
    async (topic) => {
      running = await startGateway();
      const lamp = await device();
      lamp.send(publishPacket(topic, lampData(0), 1));
      await eventually(() => lamp.closed(), 'the end of the connection');
      expect(lamp.pubacks()).toEqual([]);
      expect(stored()).toBe(0);
      expect(view().counters().refused).toEqual({ 'publish-topic': 1 });
    },
  );

  it.each(['#', 'pou/1/+/+/dn', 'pou/1/t/other/dn', UP, '$SYS/#'])(
    'refuses a subscription to %s',
    async (filter) => {
      running = await startGateway();
      const lamp = await device();
      lamp.send(subscribePacket(5, filter));
      const answer = await eventually(
        () => lamp.packets.find((p) => p.header === 0x90 && p.body.readUInt16BE(0) === 5),
        'SUBACK',
      );
      expect(answer.body[2]).toBe(0x80);
    },
  );

  it('refuses a will on a topic that is not the own status', async () => {
    running = await startGateway();
    const lamp = client();
    lamp.send(connectPacket('t.lamp', { will: { topic: 'pou/1/t/other/st', payload: Buffer.from('x') } }));
    expect((await connack(lamp)).body[1]).toBe(5);
  });

  it('serves development mode on loopback only', async () => {
    await expect(startGateway({ mqtt: { host: '0.0.0.0' } })).rejects.toThrow(/loopback/);
  });
});

describe('what a device says of itself', () => {
  it('keeps hello, status and bye, and shows what is missing at the tail', async () => {
    running = await startGateway();
    const lamp = await device();
    lamp.send(publishPacket(ST, lampHello(0, { hardware: { hw: 'board', sw: '1.2.3' }, levels: [0] }), 1));
    await eventually(() => view().devices()[0]?.state === 'online', 'hello');
    expect(view().devices()).toMatchObject([{ ...LAMP, hw: 'board', sw: '1.2.3', boot: '1', nextSeq: 0 }]);
    lamp.send(publishPacket(UP, lampData(0), 2), publishPacket(UP, lampData(3), 3));
    const status = encodeMessage({ kind: Kind.status, seq: 6, boot: 1, uptimeMs: 90_000, state: { 1: 90 } });
    const bye = encodeMessage({ kind: Kind.bye, seq: 6, boot: 1, uptimeMs: 91_000, reason: 0 });
    lamp.send(
      publishPacket(UP, Buffer.from(status), 4),
      publishPacket(ST, Buffer.from(bye), 5),
      packet(0xe0),
    );
    await eventually(() => view().devices()[0]?.state === 'offline' && stored() === 2, 'bye');
    expect(view().gaps(LAMP)).toEqual([
      { ...LAMP, boot: '1', first: 1, last: 2 },
      { ...LAMP, boot: '1', first: 4, last: 5 },
    ]);
  });

  it('calls a device lost whose connection breaks, will or no will, but not when the gateway stops', async () => {
    running = await startGateway();
    const bye = Buffer.from(encodeMessage({ kind: Kind.bye, seq: 0, boot: 1, uptimeMs: 5, reason: 9 }));
    const state = (name: string) =>
      view()
        .devices()
        .find((row) => row.device === name)?.state;
    for (const [name, will] of [
      ['w', { topic: 'pou/1/t/w/st', payload: bye }],
      ['n', undefined],
    ] as const) {
      const made = client();
      made.send(connectPacket(`t.${name}`, { will }), publishPacket(`pou/1/t/${name}/up`, lampData(0), 1));
      await eventually(() => state(name) === 'online', 'data');
      made.end();
      await eventually(() => state(name) === 'lost', 'the loss');
    }
    const lamp = await device();
    lamp.send(publishPacket(UP, lampData(0), 1));
    await eventually(() => lamp.pubacks().length === 1, 'the ack');
    const { directory } = running;
    await running.gateway.stop();
    running = await startGateway({ spool: { directory } });
    expect(state('lamp')).toBe('online');
  });

  it('stores a choice once and lists it', async () => {
    running = await startGateway();
    const lamp = await device();
    const choice = {
      kind: Kind.choice,
      seq: 0,
      boot: 1,
      uptimeMs: 5,
      epoch: 2,
      subject: 1,
      choices: { 3: 1 as const },
    };
    const bytes = Buffer.from(encodeMessage(choice));
    lamp.send(publishPacket(UP, bytes, 1), publishPacket(UP, bytes, 2));
    await eventually(() => lamp.pubacks().length === 2, 'both acks');
    const ledger = view().consents(LAMP);
    expect(ledger).toMatchObject([{ number: 1, subject: 1, epoch: 3 }]);
    expect(readConsentEntry(ledger[0]!.body)).toMatchObject({
      ...{ how: 'device', base: 2, choices: { 3: 1 }, boot: '1', seq: 0, by: '' },
    });
    expect(stored()).toBe(1);
  });

  it('answers a hello with its time when it is asked by a nonce', async () => {
    running = await startGateway(
      {},
      { clock: { nowMs: () => 1_800_000_000_000, monotonicMs: () => performance.now() } },
    );
    const lamp = await device();
    const nonce = new Uint8Array(8).fill(7);
    lamp.send(publishPacket(ST, lampHello(0, { nonce }), 1));
    const [time] = await eventually(() => commands(lamp).length > 0 && commands(lamp), 'the time');
    expect(time).toMatchObject({ kind: Kind.time, clock: { unixMs: 1_800_000_000_000 } });
  });

  it('does not retain a status that is wrong, and does not close for it', async () => {
    running = await startGateway();
    const lamp = await device();
    lamp.send(publishPacket(ST, Buffer.from('nonsense'), 1));
    await eventually(() => lamp.pubacks().length === 1, 'the ack');
    expect(lamp.closed()).toBe(false);
    expect(view().counters().quarantined).toMatchObject({ malformed: 1 });
  });
});

describe('a restart', () => {
  it('knows what was stored, the models devices brought, and what waits for a model', async () => {
    running = await startGateway({ models: [] });
    const lamp = await device();
    const modelHash = lampTable.hash.subarray(0, 8);
    const model = Buffer.from(encodeMessage({ kind: Kind.model, modelHash, model: lampBytes }));
    lamp.send(
      publishPacket(UP, model, 1),
      publishPacket(UP, lampData(0), 2),
      publishPacket(UP, lampData(4), 3),
    );
    await eventually(() => lamp.pubacks().length === 3, 'the acks');
    const { directory } = running;
    await running.gateway.stop();
    running = await startGateway({ models: [], spool: { directory } });
    const again = await device();
    again.send(publishPacket(UP, lampData(4), 1), publishPacket(UP, lampData(1), 2));
    await eventually(() => again.pubacks().length === 2, 'the acks');
    expect(view().counters()).toMatchObject({ messages: 1, duplicates: 1 });
    expect(view().size().messages).toBe(3);
    expect(view().gaps()).toEqual([{ ...LAMP, boot: '1', first: 2, last: 3 }]);
    expect(view().devices()).toMatchObject([{ messages: 3 }]);
  });

  it('drains: what was taken in is stored and acknowledged before it ends', async () => {
    running = await startGateway();
    const { directory } = running;
    const lamp = await device();
    const frames = Array.from({ length: 500 }, (_, seq) => publishPacket(UP, lampData(seq), seq + 1));
    lamp.send(Buffer.concat(frames));
    await eventually(() => lamp.pubacks().length > 0, 'the first acks');
    await running.gateway.stop();
    await eventually(() => lamp.closed(), 'the end of the connection');
    const acked = lamp.pubacks().length;
    running = await startGateway({ spool: { directory } });
    expect(view().size().messages).toBeGreaterThanOrEqual(acked);
  });
});
