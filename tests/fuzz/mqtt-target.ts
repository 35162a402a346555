import { eventually, lampData, lampHello } from '../support/gateway-kit.ts';
import { connectPacket, packet, publishPacket, subscribePacket } from '../support/raw-mqtt.ts';
import { startWired, tokens, type WiredGateway, type WireEnd } from '../support/wired-gateway.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type FuzzTarget, hold, tally } from './target.ts';

/** What may be read of a client before its CONNECT is accepted: 4 KiB, and the chunk that brings it. */
const MAX_UNKNOWN_BYTES = 4_096 + 65_536;
/** The store grows with what is accepted: a new gateway now and then keeps long runs even. */
const INPUTS_A_GATEWAY = 1_000;

const up = (device: string): string => `pou/1/t/${device}/up`;

/** Byte streams of MQTT into a whole gateway, up to four connections at once, beside a device that must be served. */
export async function mqttTarget(): Promise<FuzzTarget> {
  const counted = tally();
  let world = await healthyWorld();
  return {
    async once(random) {
      if (world.sent >= INPUTS_A_GATEWAY) {
        await world.end();
        world = await healthyWorld();
      }
      const attackers = Array.from({ length: 1 + random.below(4) }, () => world.wired.open());
      for (const wire of attackers) {
        await attack(random, wire);
        counted.add(wire.destroyed ? 'closed by the gateway' : wire.accepted ? 'accepted' : 'waiting');
        const read = wire.consumed();
        hold(wire.destroyed || wire.accepted || read <= MAX_UNKNOWN_BYTES, `${read} bytes read of nobody`);
      }
      await world.serves();
      for (const wire of attackers) wire.destroy();
    },
    counts: counted.all,
    close: () => world.end(),
  };
}

interface World {
  wired: WiredGateway;
  /** Messages of the healthy device so far. */
  sent: number;
  /** Its next message is acknowledged, and nothing else is. */
  serves(): Promise<void>;
  /** Every other connection is released; only the healthy device has what it sent. */
  end(): Promise<void>;
}

async function healthyWorld(): Promise<World> {
  const wired = await startWired();
  const { view } = wired.gateway;
  const healthy = wired.open();
  healthy.give(connectPacket('t.good', { password: tokens.good }));
  await eventually(() => healthy.accepted, 'the CONNACK of the healthy device');
  const world: World = {
    wired,
    sent: 0,
    async serves() {
      world.sent += 1;
      healthy.give(publishPacket(up('good'), lampData(world.sent - 1), world.sent));
      await eventually(() => healthy.pubacks.length > 0, 'the ack of the healthy device', 5_000);
      hold(healthy.pubacks.length === 1 && healthy.pubacks[0] === world.sent, 'acks in order');
      healthy.pubacks.length = 0;
    },
    async end() {
      try {
        await eventually(
          () => view.gauges().connections <= 1,
          'the release of all other connections',
          15_000,
        );
        const rows = view.devices().filter(({ device }) => device !== 'bad');
        hold(
          rows.every(({ device }) => device === 'good'),
          'no device that does not exist',
        );
        hold(
          rows.every(({ messages }) => messages === world.sent),
          'no message of another device',
        );
      } finally {
        healthy.destroy();
        await wired.stop();
      }
    },
  };
  return world;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A stream of packets, damaged, joined, and cut into chunks at random. */
async function attack(random: FuzzRandom, wire: WireEnd): Promise<void> {
  const parts = random.chance(0.8) ? [connectPacket('t.bad', { password: tokens.bad })] : [];
  for (let i = random.below(8); i > 0; i -= 1) parts.push(piece(random));
  let stream: Buffer = Buffer.concat(parts);
  if (random.chance(0.4)) stream = mutate(random, stream, piece(random));
  while (stream.length > 0 && !wire.destroyed) {
    const length = random.chance(0.3) ? stream.length : 1 + random.below(Math.min(stream.length, 400));
    wire.give(stream.subarray(0, length));
    stream = stream.subarray(length);
    if (random.chance(0.5)) await turn();
  }
  for (let i = random.below(4); i >= 0; i -= 1) await turn();
}

function piece(random: FuzzRandom): Buffer {
  const right = rightPacket(random);
  return random.chance(0.4) ? mutate(random, right, rightPacket(random)) : right;
}

function rightPacket(random: FuzzRandom): Buffer {
  const id = 1 + random.below(65_535);
  const topic = random.pick([up('bad'), up('good'), 'pou/1/t/bad/st', '$SYS/x', '#', '']);
  switch (random.below(9)) {
    case 0:
      return connectPacket(random.pick(['t.bad', 't.good', 'x/y']), {
        password: tokens.bad,
        ...willOf(random),
      });
    case 1:
      return publishPacket(topic, lampHello(random.below(50)), id, random.below(3));
    case 2:
      return subscribePacket(id, random.pick([topic, 'pou/1/t/bad/dn', 'pou/1/+/+/dn']));
    case 3:
      return packet(random.pick([0x40, 0x50, 0x62, 0x70]), Buffer.from([id >> 8, id & 255]));
    case 4:
      return packet(random.pick([0xc0, 0xe0, 0xd0, 0x20, 0x90, 0xf0, 0x00]));
    case 5:
      return packet(random.below(256), random.bytes(random.below(60)));
    case 6:
      return publishPacket(topic, random.bytes(random.below(3000)), id, random.below(3));
    default:
      return publishPacket(up('bad'), lampData(random.below(100)), id, random.below(2));
  }
}

function willOf(random: FuzzRandom) {
  if (random.chance(0.5)) return {};
  const topic = random.pick(['pou/1/t/bad/st', 'pou/1/t/good/st', '$SYS/x', '#']);
  return { keepAliveS: random.below(65_536), will: { topic, payload: random.bytes(random.below(50)) } };
}
