import { createServer, type Server, type Socket } from 'node:net';
import { generate, type Packet, parser } from 'mqtt-packet';

/** A broker made of packets: it lets in, grants, and does only what a test tells it to. */
export interface PacketBroker {
  url: string;
  /** Packets of the connection that is open now, or was last. */
  heard: Packet[];
  connections(): number;
  say(packet: Packet): void;
  /** PUBLISH of QoS 1 to the gateway. */
  publish(messageId: number, topic: string, payload: Uint8Array): void;
  /** Packet ids and reason codes of PUBACKs, in order. */
  pubacks(): [number | undefined, number | undefined][];
  drop(): void;
  close(): Promise<void>;
}

export interface PacketBrokerOptions {
  granted?: number;
  receiveMaximum?: number;
}

const VERSION = { protocolVersion: 5 } as const;

export async function packetBroker(options: PacketBrokerOptions = {}): Promise<PacketBroker> {
  const { granted = 1, receiveMaximum } = options;
  let current: Socket | null = null;
  let count = 0;
  const heard: Packet[] = [];
  const say = (packet: Packet) => void current?.write(generate(packet, VERSION));

  function answer(packet: Packet): void {
    heard.push(packet);
    const properties = receiveMaximum === undefined ? {} : { receiveMaximum };
    if (packet.cmd === 'connect') say({ cmd: 'connack', reasonCode: 0, sessionPresent: false, properties });
    if (packet.cmd !== 'subscribe') return;
    const { messageId } = packet as { messageId: number };
    say({ cmd: 'suback', messageId, granted: packet.subscriptions.map(() => granted) });
  }

  const server: Server = createServer((socket) => {
    current = socket;
    count += 1;
    heard.length = 0;
    const parse = parser(VERSION);
    parse.on('packet', answer);
    socket.on('data', (chunk: Buffer) => void parse.parse(chunk));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    heard,
    connections: () => count,
    say,
    publish: (messageId, topic, payload) =>
      say({
        cmd: 'publish',
        messageId,
        topic,
        payload: Buffer.from(payload),
        qos: 1,
        dup: false,
        retain: false,
      }),
    pubacks: () =>
      heard.flatMap((packet) =>
        packet.cmd === 'puback' ? [[packet.messageId, packet.reasonCode] as [number, number]] : [],
      ),
    drop: () => void current?.destroy(),
    close: () =>
      new Promise((resolve) => {
        current?.destroy();
        server.close(() => resolve());
      }),
  };
}
