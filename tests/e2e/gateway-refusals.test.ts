import type { GatewayOptions } from '@usewire/gateway';
import { afterEach, expect, it } from 'vitest';
import { eventually, lampData, startGateway, type TestGateway } from '../support/gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient } from '../support/raw-mqtt.ts';

let running: TestGateway | undefined;
let clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients) client.end();
  clients = [];
  await running?.stop();
  running = undefined;
});

const start = async (guard: GatewayOptions['guard'] = {}) => {
  running = await startGateway({ guard, spool: { directory: null } });
};

function connect(): RawClient {
  const client = rawClient(running!.mqttPort);
  clients.push(client);
  return client;
}

async function device(name: string): Promise<RawClient> {
  const client = connect();
  client.send(connectPacket(`t.${name}`));
  await eventually(() => client.packets.length > 0, 'CONNACK');
  return client;
}

/** The first bytes of a packet that is longer. */
const beginning = (name: string, bytes: number) =>
  publishPacket(`pou/1/t/${name}/up`, Buffer.alloc(60_000), 1).subarray(0, bytes);

const refused = () => running!.gateway.view.counters().refused;

/** The connection that is refused goes; a device that is in is served on. */
async function servesOn(healthy: RawClient): Promise<void> {
  healthy.send(publishPacket('pou/1/t/healthy/up', lampData(0), 1));
  await eventually(() => healthy.pubacks().length === 1, 'an acknowledgement');
}

it('packet-timeout: a packet of which bytes drip ends its connection', async () => {
  await start({ packetTimeoutMs: 50 });
  const [slow, healthy] = [await device('slow'), await device('healthy')];
  slow.send(beginning('slow', 100));
  await eventually(() => slow.closed(), 'the connection closed');
  expect(refused()).toEqual({ 'packet-timeout': 1 });
  await servesOn(healthy);
});

it('waiting-bytes: of packets that are not whole, the one longest under way gives way', async () => {
  await start({ maxWaitingBytes: 10_000 });
  const [first, second, healthy] = [await device('first'), await device('second'), await device('healthy')];
  first.send(beginning('first', 6_000));
  // It has to be the first: an answer to it is none, so another message is asked for one.
  healthy.send(publishPacket('pou/1/t/healthy/up', lampData(9), 9));
  await eventually(() => healthy.pubacks().includes(9), 'an acknowledgement');
  second.send(beginning('second', 6_000));
  await eventually(() => first.closed() || second.closed(), 'a connection closed');
  expect([first.closed(), second.closed()]).toEqual([true, false]);
  expect(refused()).toEqual({ 'waiting-bytes': 1 });
});

it('connections-address: an address has so many connections and no more', async () => {
  await start({ maxConnectionsPerAddress: 2 });
  const [one, healthy] = [await device('one'), await device('healthy')];
  const third = connect();
  await eventually(() => third.closed(), 'the third connection closed');
  expect(refused()).toEqual({ 'connections-address': 1 });
  await servesOn(healthy);
  one.end();
  await eventually(() => running!.gateway.view.gauges().connections === 1, 'its place free');
  await device('two');
});

it('early-data: more than 4 KiB behind a CONNECT that is not answered yet ends the connection', async () => {
  await start();
  const healthy = await device('healthy');
  const eager = connect();
  eager.send(Buffer.concat([connectPacket('t.eager'), beginning('eager', 5_000)]));
  await eventually(() => eager.closed(), 'the connection closed');
  expect(refused()).toEqual({ 'early-data': 1 });
  await servesOn(healthy);
});
