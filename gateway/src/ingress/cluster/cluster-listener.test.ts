import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LoginAnswer } from '../../domain/credentials.ts';
import { deviceEntry } from '../../domain/device-entry.ts';
import type { AckTarget } from '../../domain/ports.ts';
import { silentLog, systemClock, systemScheduler } from '../../system.ts';
import { type PacketBroker, type PacketBrokerOptions, packetBroker } from './cluster.fixture.ts';
import { clusterListener } from './cluster-listener.ts';
import type { ClusterListener, FullClusterOptions } from './cluster-types.ts';

const bytes = new Uint8Array([0xa1, 0, 1]);
const own = 'pou/1/acme/lamp-1/up';
let broker: PacketBroker;
let listener: ClusterListener;

afterEach(async () => {
  await listener.close();
  await broker.close();
});

/** A listener with one connection whose messages wait until the test answers them. */
async function begin(given: { broker?: PacketBrokerOptions; options?: Partial<FullClusterOptions> } = {}) {
  broker = await packetBroker(given.broker);
  const waiting: { target: AckTarget; token: number; hop: string; device: string }[] = [];
  const refused: string[] = [];
  const hops = new Map<string, string>();
  const gate: { answer: LoginAnswer; takes: boolean } = {
    answer: { ok: true, credential: 'x' },
    takes: true,
  };
  const warn = vi.fn();
  listener = clusterListener(
    {
      ...{ urls: [broker.url], group: 'g', shared: true, clientId: 'me', connections: 1, receiveMaximum: 10 },
      ...{ sessionExpirySeconds: 60, devices: 'tls', acks: true },
      ...given.options,
    },
    {
      ...{ clock: systemClock, scheduler: systemScheduler, log: { ...silentLog, warn } },
      admit: () => gate.answer,
      session(id, hop) {
        hops.set(id.device, hop);
        return deviceEntry(id, 0);
      },
      ended: () => {},
      take({ device }, _payload, { target, token }) {
        if (!gate.takes) return null;
        waiting.push({ target: target!, token, hop: hops.get(device)!, device });
        return { quarantined: false };
      },
      refused: (reason) => refused.push(reason),
      messageRefused: () => {},
      acked: () => {},
    },
  );
  listener.open();
  const isUp = () => listener.status()[0]!.isUp;
  return { waiting, refused, gate, warn, isUp };
}

function answer({ target, token }: { target: AckTarget; token: number }): void {
  target.ack(token);
  target.flush();
}

const until = (read: () => unknown) => expect.poll(read, { timeout: 5_000 });

describe('a place at a cluster', () => {
  it('keeps its session and shares the messages of its group', async () => {
    const { isUp } = await begin();
    await until(isUp).toBe(true);
    expect(broker.heard).toMatchObject([
      {
        cmd: 'connect',
        clientId: 'me-1',
        clean: false,
        properties: { sessionExpiryInterval: 60, receiveMaximum: 10 },
      },
      {
        cmd: 'subscribe',
        subscriptions: [
          { topic: '$share/g/pou/1/+/+/up', qos: 1 },
          { topic: '$share/g/pou/1/+/+/st', qos: 1 },
        ],
      },
    ]);
  });

  it('holds an answer back until the message is stored, and takes the next ones meanwhile', async () => {
    const { isUp, waiting } = await begin();
    await until(isUp).toBe(true);
    for (const id of [1, 2, 3]) broker.publish(id, own, bytes);
    await until(() => waiting.length).toBe(3);
    expect([broker.pubacks(), listener.status()[0]!.waiting]).toEqual([[], 3]);
    answer(waiting[1]!);
    answer(waiting[0]!);
    await until(broker.pubacks).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(listener.status()[0]!.waiting).toBe(1);
  });

  it('does not answer on a new connection what came over the one before', async () => {
    const { isUp, waiting } = await begin();
    await until(isUp).toBe(true);
    broker.publish(1, own, bytes);
    await until(() => waiting.length).toBe(1);
    broker.drop();
    await until(() => [broker.connections(), isUp()]).toEqual([2, true]);
    answer(waiting[0]!);
    // It comes again, with the same number: that is the one to be answered.
    broker.publish(1, own, bytes);
    await until(() => waiting.length).toBe(2);
    expect(broker.pubacks()).toEqual([]);
    answer(waiting[1]!);
    await until(broker.pubacks).toEqual([[1, 0]]);
  });

  it('answers with an error what it does not take, in its turn: it must not hold a place for ever', async () => {
    const { isUp, waiting, gate, refused } = await begin();
    await until(isUp).toBe(true);
    broker.publish(1, own, bytes);
    await until(() => waiting.length).toBe(1);
    gate.answer = { ok: false, reason: 'revoked' };
    listener.recheck({ tenant: 'acme', device: 'lamp-1' });
    broker.publish(2, own, bytes);
    broker.publish(3, 'pou/1/acme/not an id/up', bytes);
    await until(() => refused).toEqual(['revoked', 'cluster-topic']);
    answer(waiting[0]!);
    await until(broker.pubacks).toEqual([
      [1, 0],
      [2, 0x83],
      [3, 0x83],
    ]);
    expect(listener.status()[0]!.waiting).toBe(0);
  });

  it.each([
    [{ devices: 'tls' as const }, 'tls'],
    [{ devices: 'loopback' as const }, 'loopback'],
    [{ devices: 'plain' as const }, 'plain'],
  ])('counts as a hop as weak as the weaker way: %j', async (options, hop) => {
    const { isUp, waiting } = await begin({ options });
    await until(isUp).toBe(true);
    broker.publish(1, own, bytes);
    await until(() => waiting.map((each) => each.hop)).toEqual([hop]);
  });

  it('tells once why it is not up, and tries again', async () => {
    const { isUp, warn } = await begin({ broker: { granted: 135 } });
    await until(() => broker.connections() > 2).toBe(true);
    expect(isUp()).toBe(false);
    expect(warn.mock.calls).toEqual([
      [
        'cluster.away',
        expect.objectContaining({ problem: expect.stringMatching(/is not allowed to this user$/) }),
      ],
    ]);
  });
});

describe('a message to a device behind a cluster', () => {
  it('goes to its dn with QoS 1 when it was heard there, and else nowhere', async () => {
    const { isUp, waiting } = await begin();
    await until(isUp).toBe(true);
    broker.publish(1, own, bytes);
    await until(() => waiting.length).toBe(1);
    listener.send({ tenant: 'acme', device: 'other' }, bytes);
    listener.send({ tenant: 'acme', device: 'lamp-1' }, bytes);
    const sent = () => broker.heard.filter(({ cmd }) => cmd === 'publish');
    await until(() => sent().length).toBe(1);
    expect(sent()).toMatchObject([{ topic: 'pou/1/acme/lamp-1/dn', qos: 1, retain: false }]);
  });

  it('is not sent, and counted, when the cluster takes no more', async () => {
    const { isUp, waiting, refused } = await begin({ broker: { receiveMaximum: 2 } });
    await until(isUp).toBe(true);
    broker.publish(1, own, bytes);
    await until(() => waiting.length).toBe(1);
    for (let i = 0; i < 3; i += 1) listener.send({ tenant: 'acme', device: 'lamp-1' }, bytes);
    expect(refused).toEqual(['cluster-unsent']);
  });
});
