import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stream } from '../../random/stream.ts';
import { type FaultyNetwork, type NetworkStrike, networkFaults, startFaultyNetwork } from './index.ts';

type Name = (typeof networkFaults)[number]['name'];

const ALL = { share: 1, salt: 7 };
const text = (value: string): Buffer => Buffer.from([0, value.length, ...Buffer.from(value)]);
const packet = (first: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.from([first, body.length, ...body]);
};
const connectAs = (id: string): Buffer => packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text(id));
const publish = (id: number, payload: string): Buffer =>
  packet(0x32, text('pou/1/t/d/up'), Buffer.from([id >> 8, id & 255]), Buffer.from(payload));
const puback = (id: number): Buffer => packet(0x40, Buffer.from([id >> 8, id & 255]));

/** One end of a connection: what it heard, and whether it is over. */
function ear(socket: Socket) {
  const heard = { bytes: Buffer.alloc(0), isOver: false };
  socket.on('error', () => {});
  socket.on('close', () => {
    heard.isOver = true;
  });
  socket.on('data', (chunk) => {
    heard.bytes = Buffer.concat([heard.bytes, chunk]);
  });
  return { socket, heard, says: (bytes: Buffer) => socket.write(bytes) };
}
type End = ReturnType<typeof ear>;

/** A gateway that only listens, a network in front of it, and devices. */
async function openWorld() {
  const gatewayEnds: End[] = [];
  const gateway: Server = createServer((socket) => gatewayEnds.push(ear(socket)));
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const acked: string[] = [];
  const network: FaultyNetwork = await startFaultyNetwork({
    gateway: () => ({ host: '127.0.0.1', port: (gateway.address() as AddressInfo).port }),
    onAcked: (_topic, payload) => acked.push(payload.toString()),
  });
  const dial = (): End => ear(connect(Number(new URL(network.url).port), '127.0.0.1'));
  return {
    ...{ network, gatewayEnds, acked, dial },
    /** A device that is connected and known by name; with the gateway's end of its connection. */
    async device(id: string): Promise<[device: End, gateway: End]> {
      const device = dial();
      const nth = gatewayEnds.length;
      device.says(connectAs(id));
      await vi.waitFor(() => expect(gatewayEnds[nth]?.heard.bytes).toEqual(connectAs(id)));
      return [device, gatewayEnds[nth]!];
    },
    strike(name: Name, how: Partial<NetworkStrike> = {}) {
      network.strike(networkFaults.find((one) => one.name === name)!, { ...ALL, ...how });
    },
    async close() {
      await network.close();
      for (const { socket } of gatewayEnds) socket.destroy();
      gateway.close();
    },
  };
}

let world: Awaited<ReturnType<typeof openWorld>>;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 5_000 });

/** One story a fault: what device and gateway live through. */
const stories: Record<Name, () => Promise<void>> = {
  async halfOpen() {
    const [device, gateway] = await world.device('a');
    world.strike('halfOpen', { forMs: 60_000 });
    device.says(publish(1, 'lost'));
    gateway.says(puback(9));
    await until(() => expect(world.network.counts.lostPackets).toBe(2));
    expect([device.heard.isOver, gateway.heard.isOver]).toEqual([false, false]);
    expect(gateway.heard.bytes).toEqual(connectAs('a'));
    world.network.mend();
    await until(() => expect([device.heard.isOver, gateway.heard.isOver]).toEqual([true, true]));
  },
  async reset() {
    const [device, gateway] = await world.device('a');
    world.strike('reset');
    await until(() => expect([device.heard.isOver, gateway.heard.isOver]).toEqual([true, true]));
  },
  async midPacket() {
    const [device, gateway] = await world.device('a');
    world.strike('midPacket', { forMs: 60_000, atShare: 0.5 });
    const torn = publish(1, 'a message that is torn');
    device.says(Buffer.concat([torn, publish(2, 'and what comes behind it')]));
    await until(() => expect(gateway.heard.isOver).toBe(true));
    expect(gateway.heard.bytes).toEqual(
      Buffer.concat([connectAs('a'), torn.subarray(0, Math.floor(torn.length / 2))]),
    );
  },
  async delay() {
    const [device, gateway] = await world.device('a');
    world.strike('delay', { forMs: 60_000, byMs: 40 });
    device.says(publish(1, 'late'));
    await until(() => expect(world.network.counts.latePackets).toBe(1));
    world.network.mend();
    device.says(publish(2, 'behind it'));
    const inOrder = Buffer.concat([connectAs('a'), publish(1, 'late'), publish(2, 'behind it')]);
    await until(() => expect(gateway.heard.bytes).toEqual(inOrder));
  },
  async lostAck() {
    const [device, gateway] = await world.device('a');
    world.strike('lostAck', { forMs: 60_000 });
    device.says(publish(1, 'stored'));
    await until(() =>
      expect(gateway.heard.bytes).toHaveLength(connectAs('a').length + publish(1, 'stored').length),
    );
    gateway.says(puback(1));
    await until(() => expect(world.acked).toEqual(['stored']));
    world.network.mend();
    await until(() => expect(device.heard.isOver).toBe(true));
    expect(device.heard.bytes).toHaveLength(0);
  },
  async cut() {
    const [device] = await world.device('a');
    world.strike('cut', { forMs: 60_000 });
    const other = world.dial();
    await until(() => expect([device.heard.isOver, other.heard.isOver]).toEqual([true, true]));
    expect(world.network.counts.refused).toBe(1);
    world.network.mend();
    await world.device('a');
  },
  async storm() {
    const [before] = await world.device('a');
    world.strike('storm', { forMs: 60_000 });
    await until(() => expect(before.heard.isOver).toBe(true));
    const reached = world.gatewayEnds.length;
    for (const id of ['a', 'b', 'c']) world.dial().says(connectAs(id));
    await world.dial().socket.end();
    expect(world.gatewayEnds).toHaveLength(reached);
    await until(() => expect(world.network.counts.connections).toBe(1));
    world.network.mend();
    await until(() => expect(world.gatewayEnds.length).toBeGreaterThanOrEqual(reached + 3));
  },
  async twin() {
    const [device] = await world.device('a');
    world.strike('twin');
    await until(() => expect(world.gatewayEnds[1]?.heard.bytes).toEqual(connectAs('a')));
    expect(device.heard.isOver).toBe(false);
  },
  async resend() {
    const [device, gateway] = await world.device('a');
    for (const id of [1, 2, 3]) device.says(publish(id, `message ${id}`));
    const size = (): number => gateway.heard.bytes.length;
    const once3 = connectAs('a').length + 3 * publish(1, 'message 1').length;
    await until(() => expect(size()).toBe(once3));
    world.strike('resend');
    await until(() => expect(size()).toBe(once3 + 6 * publish(1, 'message 1').length));
    const again = gateway.heard.bytes.subarray(once3).toString('latin1');
    for (const id of [1, 2, 3]) expect(again.split(`message ${id}`)).toHaveLength(3);
    expect(again.indexOf('message 1')).not.toBe(0);
    // The device knows nothing of the copies: it must not hear that they were acknowledged.
    gateway.says(Buffer.concat([puback(65_535), puback(1)]));
    await until(() => expect(device.heard.bytes).toEqual(puback(1)));
  },
};

describe('a network on which faults strike', () => {
  it.each(networkFaults)('$name: $about', ({ name }) => stories[name]());

  it('strikes the same devices for the same salt, whatever the order in which they connect', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const links = new Map<string, End>();
    for (const id of [...ids].reverse()) links.set(id, (await world.device(id))[0]);
    world.strike('reset', { share: 0.5, salt: 3 });
    const struck = ids.filter((id) => stream(3, id, 'struck').next() < 0.5);
    expect(struck.length).toBeGreaterThan(0);
    expect(struck.length).toBeLessThan(6);
    await until(() => expect(ids.filter((id) => links.get(id)!.heard.isOver)).toEqual(struck));
  });

  it('draws the same strike for the same seed', () => {
    for (const fault of networkFaults)
      expect(fault.draw(stream(5, 'x', 'y'))).toEqual(fault.draw(stream(5, 'x', 'y')));
  });

  it('hands on what is no MQTT as it comes', async () => {
    const device = world.dial();
    device.says(Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    await until(() => expect(world.gatewayEnds[0]?.heard.bytes).toHaveLength(9));
  });
});
