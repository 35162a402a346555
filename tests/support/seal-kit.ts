import { createPublicKey } from 'node:crypto';
import { type GatewayOptions, type Issued, openDeviceRegistry, type SealDesk } from '@usewire/gateway';
import {
  type KeyRing,
  keyRing,
  open,
  parseSealKey,
  type SealContext,
  type SealKey,
  seal,
} from '@usewire/protocol/seal';
import { decodeMessage, type Message } from '@usewire/protocol/wire';
import { startGateway, type TestGateway } from './gateway-kit.ts';
import { connectPacket, publishPacket, type RawClient, rawClient, subscribePacket } from './raw-mqtt.ts';

export interface DeviceId {
  tenant: string;
  device: string;
}

export function keyOf(issued: Issued): SealKey {
  if (!issued.ok) throw new Error(issued.problem);
  const key = parseSealKey(issued.token);
  if (key === null) throw new Error('what was printed is no seal key');
  return key;
}

/** One piece of work of an operator. */
export function withSeals<T>(directory: string, work: (seals: SealDesk) => T): T {
  const registry = openDeviceRegistry(directory, Date.now);
  try {
    return work(registry.seals);
  } finally {
    registry.close();
  }
}

/** A gateway that knows its registry, whoever logs in. The file has to be there when it starts. */
export async function startSealGateway(
  directory: string,
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  withSeals(directory, () => undefined);
  return startGateway({ ...options, spool: { directory } });
}

export function contextOf(id: DeviceId, key: SealKey, direction: 'up' | 'dn' = 'up'): SealContext {
  const { generation, secret, privateKey } = key;
  const publicKey = privateKey && createPublicKey(privateKey);
  const keys: KeyRing = keyRing(generation, [{ generation, secret, publicKey }]);
  return {
    tenant: id.tenant,
    device: id.device,
    direction,
    keys,
    signer: privateKey && { generation, privateKey },
  };
}

export function sealedUp(id: DeviceId, key: SealKey, message: Uint8Array, level = key.level): Buffer {
  return Buffer.from(seal(level, message, contextOf(id, key)));
}

/** A device made of bytes, so that it can do what the SDK never does. */
export interface RawDevice {
  client: RawClient;
  publish(frame: Uint8Array, leaf?: 'up' | 'st'): void;
  /** Messages that came down, opened with a key; those that do not open are `null`, those in clear as they are. */
  heard(key: SealKey): (Message | null)[];
  /** Frames that came down, as they are. */
  frames(): Buffer[];
}

export function rawDevice(port: number, id: DeviceId, will?: Buffer): RawDevice {
  const client = rawClient(port);
  const topic = (leaf: string) => `pou/1/${id.tenant}/${id.device}/${leaf}`;
  client.send(
    connectPacket(`${id.tenant}.${id.device}`, { will: will && { topic: topic('st'), payload: will } }),
    subscribePacket(1, topic('dn')),
  );
  let packetId = 1;
  const frames = () => client.packets.filter((p) => p.header >> 4 === 3).map((p) => payloadOf(p));
  return {
    client,
    publish(frame, leaf = 'up') {
      packetId += 1;
      client.send(publishPacket(topic(leaf), Buffer.from(frame), packetId));
    },
    frames,
    heard: (key) =>
      frames().map((frame) => {
        const opened = open(frame, {
          ...contextOf(id, key, 'dn'),
          keys: contextOf(id, key).keys!,
          minimum: 0,
        });
        const decoded = opened.ok ? decodeMessage(opened.value.payload) : null;
        return decoded?.ok ? decoded.value : null;
      }),
  };
}

function payloadOf({ header, body }: { header: number; body: Buffer }): Buffer {
  const topicBytes = body.readUInt16BE(0);
  return body.subarray(2 + topicBytes + (((header >> 1) & 3) > 0 ? 2 : 0));
}
