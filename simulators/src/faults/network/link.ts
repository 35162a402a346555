import type { Socket } from 'node:net';
import { createLane } from './lane.ts';
import { createMessageBook } from './message-book.ts';
import { clientIdOf, type Packet, PacketType, packetCutter } from './mqtt-packets.ts';
import type { NetworkCounts, NetworkLink, Passage, Passing } from './network-fault.ts';

export interface LinkPorts {
  device: Socket;
  gateway: Socket;
  counts: NetworkCounts;
  /** What the faults of now do to a packet. */
  fateOf(client: string, packet: Omit<Passage, 'nth'>): Passing;
  /** True while this client's ends are hidden from each other. */
  hidesEnds(client: string): boolean;
  /** A connection to the gateway, for a twin; null while there is no gateway. */
  connect(): Socket | null;
  /** A PUBACK left the gateway for this message, whether or not it reaches the device. */
  onAcked(topic: string, payload: Buffer): void;
  onEnd(): void;
}

/** An end that is hidden comes out after this at last, so that sockets do not pile up. */
const HIDDEN_END_MS = 8_000;

/** Joins a device's socket with one to the gateway, packet by packet, so that each can be lost, late, torn or repeated. */
export function joinLink(ports: LinkPorts): NetworkLink {
  const { device, gateway, counts } = ports;
  let connect: Packet | null = null;
  const book = createMessageBook(ports.onAcked);
  const client = (): string => (connect === null ? '' : clientIdOf(connect));
  const reset = (): void => {
    counts.resets += 1;
    device.resetAndDestroy();
    gateway.resetAndDestroy();
  };
  const lane = (from: Passage['from'], to: Socket) =>
    createLane({ to, counts, reset, fateOf: (size) => ports.fateOf(client(), { from, size }) });
  const up = lane('device', gateway);
  const down = lane('gateway', device);
  const fromDevice = (packet: Packet): void => {
    if (packet.type === PacketType.connect) connect = packet;
    if (packet.type === PacketType.publish && !book.published(packet)) reset();
    else up(packet.bytes);
  };
  const fromGateway = (packet: Packet): void => {
    const isOurs = packet.type === PacketType.puback && !book.acknowledged(packet.body.readUInt16BE(0));
    if (!isOurs) down(packet.bytes);
  };
  listen(device, { packet: fromDevice, noise: up }, () => end(gateway));
  listen(gateway, { packet: fromGateway, noise: down }, () => end(device));
  const end = (other: Socket): void => {
    ports.onEnd();
    if (!ports.hidesEnds(client())) other.destroy();
    else setTimeout(() => other.destroy(), HIDDEN_END_MS).unref();
  };
  return {
    client,
    reset,
    connectTwin() {
      if (connect !== null) sendTwin(ports, connect);
    },
    resend(salt) {
      const copies = book.copies(salt);
      counts.resentPackets += copies.length;
      for (const bytes of copies) up(bytes);
    },
  };
}

function listen(socket: Socket, on: Parameters<typeof packetCutter>[0], onClose: () => void): void {
  // The end is told by 'close'.
  socket.on('error', () => {});
  socket.on('data', packetCutter(on));
  socket.on('close', onClose);
}

/** It says nothing more: the gateway closes it when the device comes back. */
function sendTwin(ports: LinkPorts, connect: Packet): void {
  const socket = ports.connect();
  if (socket === null) return;
  ports.counts.twins += 1;
  socket.on('error', () => {});
  socket.resume();
  socket.write(connect.bytes);
}
