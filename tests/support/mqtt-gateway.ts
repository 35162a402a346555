import { createServer, type Server } from 'node:net';
import { parseClientId, topicFor } from '@usewire/protocol/wire';
import { Aedes, type Client, type PublishPacket } from 'aedes';

export interface MqttGateway {
  port: number;
  received: { topic: string; payload: Buffer; retain: boolean }[];
  connected(): string[];
  send(clientId: string, bytes: Uint8Array): void;
  /** No acknowledgement for publishes, as of a broker that hangs. */
  hangAcks(isOn: boolean): void;
  refuse(isOn: boolean): void;
  dropClients(): void;
  stop(): Promise<void>;
}

/** A broker that keeps what it gets: the real MQTT side of transport tests. */
export async function mqttGateway(port = 0): Promise<MqttGateway> {
  const broker = await Aedes.createBroker();
  const received: MqttGateway['received'] = [];
  const clients = new Map<string, Client>();
  let isHanging = false;
  let isRefusing = false;
  broker.authenticate = (_client, _user, password, done) => {
    if (isRefusing || password?.toString() === 'wrong') {
      done(Object.assign(new Error('no'), { returnCode: 4 }), false);
    } else done(null, true);
  };
  broker.authorizePublish = (client, packet: PublishPacket, done) => {
    if (client)
      received.push({
        topic: packet.topic,
        payload: Buffer.from(packet.payload as Buffer),
        retain: packet.retain,
      });
    if (!isHanging) done(null);
  };
  broker.on('client', (client) => clients.set(client.id, client));
  broker.on('clientDisconnect', (client) => clients.delete(client.id));
  const server: Server = createServer(broker.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    received,
    connected: () => [...clients.keys()],
    send: (clientId, bytes) => {
      const id = parseClientId(clientId)!;
      const topic = topicFor(id.tenant, id.device, 'dn');
      broker.publish(
        { cmd: 'publish', topic, payload: Buffer.from(bytes), qos: 1, retain: false, dup: false },
        () => undefined,
      );
    },
    hangAcks: (isOn) => {
      isHanging = isOn;
    },
    refuse: (isOn) => {
      isRefusing = isOn;
    },
    dropClients: () => {
      for (const client of clients.values()) client.conn.destroy();
    },
    stop: async () => {
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
