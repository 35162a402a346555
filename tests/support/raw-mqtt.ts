import { connect, type Socket } from 'node:net';

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

function remaining(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? byte | 128 : byte);
  } while (rest > 0);
  return Buffer.from(bytes);
}

export function packet(header: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([header]), remaining(body.length), body]);
}

export interface ConnectOptions {
  userName?: string;
  password?: string;
  keepAliveS?: number;
  will?: { topic: string; payload: Buffer };
}

/** MQTT 3.1.1 CONNECT with a clean session. */
export function connectPacket(clientId: string, options: ConnectOptions = {}): Buffer {
  const { userName = clientId, password, keepAliveS = 60, will } = options;
  const flags = 2 | 0x80 | (password === undefined ? 0 : 0x40) | (will ? 4 | 8 : 0);
  const parts = [text('MQTT'), Buffer.from([4, flags, keepAliveS >> 8, keepAliveS & 255]), text(clientId)];
  if (will) {
    const length = Buffer.from([will.payload.length >> 8, will.payload.length & 255]);
    parts.push(text(will.topic), length, will.payload);
  }
  parts.push(text(userName));
  if (password !== undefined) parts.push(text(password));
  return packet(0x10, ...parts);
}

export function publishPacket(topic: string, payload: Buffer, packetId: number, qos = 1): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([packetId >> 8, packetId & 255]);
  return packet(0x30 | (qos << 1), text(topic), id, payload);
}

export function subscribePacket(packetId: number, filter: string): Buffer {
  return packet(0x82, Buffer.from([packetId >> 8, packetId & 255]), text(filter), Buffer.from([1]));
}

export interface ReceivedPacket {
  header: number;
  body: Buffer;
}

/** A client made of bytes: sends what it is given and keeps what comes, packet by packet. */
export interface RawClient {
  socket: Socket;
  packets: ReceivedPacket[];
  /** Packet ids of PUBACKs in order of arrival. */
  pubacks(): number[];
  /** Ended or reset by the other side. */
  closed(): boolean;
  send(...chunks: Buffer[]): void;
  end(): void;
}

export function rawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const packets: ReceivedPacket[] = [];
  let pending = Buffer.alloc(0);
  let closed = false;
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const taken = takePacket(pending);
      if (taken === null) return;
      packets.push(taken.packet);
      pending = pending.subarray(taken.length);
    }
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => {});
  return {
    socket,
    packets,
    pubacks: () => packets.filter((p) => p.header === 0x40).map((p) => p.body.readUInt16BE(0)),
    closed: () => closed,
    send: (...chunks) => {
      for (const chunk of chunks) socket.write(chunk);
    },
    end: () => socket.destroy(),
  };
}

/** The first packet of bytes, and how long it is; null = it is not whole. */
export function takePacket(bytes: Buffer): { packet: ReceivedPacket; length: number } | null {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    if (at >= bytes.length) return null;
    const byte = bytes[at]!;
    at += 1;
    length += (byte & 127) << shift;
    if (byte < 128) break;
  }
  if (at + length > bytes.length) return null;
  return {
    packet: { header: bytes[0]!, body: Buffer.from(bytes.subarray(at, at + length)) },
    length: at + length,
  };
}
