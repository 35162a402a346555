import { createAdmin, createForwarders, type GatewayOptions, recordingSink } from '@usewire/gateway';
import { afterEach, describe, expect, it } from 'vitest';
import {
  eventually,
  lampData,
  lampHello,
  lampModelMessage,
  startGateway,
  type TestGateway,
} from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, rawClient } from '../support/raw-mqtt.ts';
import { brightData } from '../support/wrong-lamp.ts';

interface Accounts {
  books: Record<string, number> & { refused: Record<string, number> };
  sinks: Record<string, unknown>[];
}

let running: TestGateway | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  const forwarders = createForwarders();
  const parts = [createAdmin({ port: 0 }, forwarders), forwarders.part];
  running = await startGateway(options, { sinks: [recordingSink('out')], parts });
}

async function read(path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${running!.httpPort}${path}`)).text();
}

const accounts = async () => JSON.parse(await read('/api/books')) as Accounts;
const malformed = () => Buffer.from('ffffff', 'hex');

/** Sends packets over a connection of its own; the last one may be what closes it. */
async function send(device: string, ...packets: Buffer[]) {
  const client = rawClient(running!.mqttPort);
  client.send(connectPacket(`t.${device}`));
  await eventually(() => client.packets.length > 0, 'CONNACK');
  client.send(...packets);
  return client;
}

const up = (device: string, payload: Buffer, id: number, qos = 1) =>
  publishPacket(`pou/1/t/${device}/up`, payload, id, qos);

describe('the books of a gateway', () => {
  it('are even over everything that devices do wrong, by what the clients know to have sent', async () => {
    await start({ spool: { directory: null, maxQuarantineBytesPerDevice: 100 }, models: [] });
    const closed = await Promise.all([
      // 2 in: one is stored, one is left.
      send('a', up('a', lampModelMessage(), 1), up('a', lampData(0), 2), up('other', lampData(1), 3)),
      send('b', up('b', lampModelMessage(), 1), up('b', Buffer.alloc(70_000), 2)),
      send('c', up('c', lampData(0), 0, 1)),
      // Its model is not known to this one, and there is no room to wait for it.
      send(
        'd',
        ...[0, 1, 2, 3, 4].map((seq) => up('d', lampData(seq, { modelHash: Buffer.alloc(4, 9) }), seq + 1)),
      ),
      send('e', ...Array.from({ length: 101 }, (_, seq) => up('e', lampData(seq), seq + 1, 2))),
    ]);
    const good = await send(
      'f',
      publishPacket('pou/1/t/f/st', lampHello(0), 1),
      ...[0, 1, 2].map((seq) => up('f', lampData(seq), seq + 2)),
      up('f', lampData(1), 9),
      up('f', malformed(), 10),
      up('f', lampData(3), 0, 0),
    );
    await eventually(() => closed.every((client) => client.closed()), 'five connections closed');
    await eventually(() => good.pubacks().length === 6, 'six acknowledgements');
    const { counters } = running!.gateway.view;
    await eventually(() => counters().messages === counters().records / 2, 'no commit under way');
    const { books, sinks } = await accounts();
    // Of d's five and e's 101, those behind the one that closed the connection may never have been read.
    const surely = { a: 3, b: 2, c: 1, d: 1, e: 100, f: 7 };
    const least = Object.values(surely).reduce((sum, one) => sum + one, 0);
    expect(books.in).toBeGreaterThanOrEqual(least);
    expect(books.in).toBeLessThanOrEqual(least + 4 + 1);
    expect(books.difference).toBe(0);
    expect(books.refused).toEqual({ acl: 1, size: 1, malformed: 1, overload: 1, consent: 0 });
    expect(books).toMatchObject({ duplicates: 1, reports: 3, underWay: 0 });
    expect(sinks).toMatchObject([{ sink: 'out', received: books.stored }]);
    expect(await read('/metrics')).toMatch(/^usewire_gateway_books_difference 0$/m);
    expect(await read('/metrics')).toMatch(/^usewire_gateway_messages_refused_total\{cause="size"\} 1$/m);
  });
});

it('what stands in quarantine is not missing', async () => {
  await start();
  const { view } = running!.gateway;
  const device = await send('g', up('g', lampData(0), 1), up('g', brightData(2), 2), up('g', lampData(4), 3));
  await eventually(() => device.pubacks().length === 3, 'three acknowledgements');
  await eventually(() => view.counters().messages === 2, 'both stored');
  const missing = view.gaps({ tenant: 't', device: 'g' }).map(({ first, last }) => [first, last]);
  expect(missing).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(await read('/metrics')).toMatch(/^usewire_gateway_missing_messages 2$/m);
});

it('a client that never releases its QoS 2 messages is closed with a reason at 100 of them, of which no payload is kept', async () => {
  await start();
  const client = await send(
    'q',
    ...Array.from({ length: 300 }, (_, seq) => up('q', lampData(seq), seq + 1, 2)),
  );
  await eventually(() => client.closed(), 'the connection closed');
  const { refused } = running!.gateway.view.counters();
  expect(refused).toEqual({ unreleased: expect.any(Number) });
  // What it was not answered is stored once, however often it comes.
  const again = await send('q', up('q', lampData(0), 1), up('q', lampData(400), 2));
  await eventually(() => again.pubacks().length === 2, 'two acknowledgements');
  expect(running!.gateway.view.counters().duplicates).toBe(1);
});
