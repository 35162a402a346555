import { createServer, type Socket } from 'node:net';
import type { Link } from '@usewire/protocol/seal';
import type { DeviceEntry } from '../domain/device-entry.ts';
import type { AckTarget, Clock, DeviceId, Downlink, Log } from '../domain/ports.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import type { CertificateClaim, Identify } from './identity.ts';
import { listen } from './listen.ts';
import { type Broker, mqttBroker } from './mqtt-broker.ts';
import type { TlsFiles } from './tls-files.ts';
import { tlsServer } from './tls-server.ts';

export interface MqttListenerOptions extends ConnectionOptions {
  host: string;
  port: number;
  maxConnections: number;
  /** Null = plain MQTT only. */
  tls: { host: string; port: number; files: TlsFiles; requireClientCertificate: boolean } | null;
}

/** How a payload came. */
interface Arrival {
  /** null = nobody waits (QoS 0). */
  target: AckTarget | null;
  token: number;
  onStatus: boolean;
  /** Since the link let the device in. */
  linkAgeMs: number;
}

export interface MqttListenerPorts {
  clock: Clock;
  log: Log;
  identify: Identify;
  /** A connection of a device begins. */
  session(id: DeviceId, hop: Link): DeviceEntry;
  /** It has ended, for whatever reason. */
  ended(device: DeviceEntry): void;
  /** null = not taken: close without an answer. */
  take(device: DeviceEntry, payload: Uint8Array, frame: Arrival): { quarantined: boolean } | null;
  acked(count: number): void;
  refused(reason: string): void;
}

export interface MqttListener extends Downlink {
  /** Resolves with the ports; that of TLS is 0 when there is none. */
  listen(): Promise<{ mqttPort: number; mqttsPort: number }>;
  /** Reads the files of TLS again; open connections stay. */
  reloadCertificates(): void;
  connections(): number;
  setPressure(on: boolean): void;
  /** No new connections; those that are open stay. */
  stopAccepting(): Promise<void>;
  /** Looks again at the open connections of a device; those whose credential holds no more are closed. */
  recheck(id: DeviceId, holds: (credential: string) => boolean): void;
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;

/** MQTT over TCP: accepts connections, puts a guard in front of the broker for each. */
export async function mqttListener(
  options: MqttListenerOptions,
  ports: MqttListenerPorts,
): Promise<MqttListener> {
  const connections = new Set<Connection>();
  const byStream = new WeakMap<object, Connection>();
  const newest = new WeakMap<DeviceEntry, Connection>();
  let pressure = false;

  // Before the broker, which has timers: files that cannot be used end the start here.
  const { tls: given, maxConnections, connectTimeoutMs: handshakeTimeoutMs } = options;
  const tls = given && tlsServer({ ...given, maxConnections, handshakeTimeoutMs }, { ...ports, accept });

  const broker: Broker = await mqttBroker({
    identify: ports.identify,
    session(id, connection) {
      const device = ports.session(id, connection.hop);
      // [MQTT-3.1.4-2]: the newer connection wins, once it has proven to be the same device.
      if (newest.get(device)?.isOpen()) ports.refused('taken-over');
      newest.set(device, connection);
      return device;
    },
    connectionOf: (client) => byStream.get(client.conn)!,
    take: (device, payload, target, onStatus, linkAgeMs) =>
      ports.take(device, payload, { target, token: 0, onStatus, linkAgeMs }),
    refused: ports.refused,
  });

  const connectionPorts = {
    monotonicMs: ports.clock.monotonicMs,
    telemetry: (connection: Connection, payload: Buffer, target: AckTarget | null, token: number) => {
      const arrival = { target, token, onStatus: false, linkAgeMs: connection.ageMs() };
      return ports.take(connection.device!, payload, arrival) !== null;
    },
    afterSent: (connection: Connection, done: () => void) => broker.afterSent(connection.device!, done),
    refused: ports.refused,
    acked: ports.acked,
    closed: (connection: Connection) => {
      if (connections.delete(connection) && connection.device !== null) ports.ended(connection.device);
    },
  };

  function accept(socket: Socket, certificate: CertificateClaim): void {
    if (connections.size >= options.maxConnections) {
      ports.refused('max-connections');
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, certificate, options, connectionPorts);
    connections.add(connection);
    byStream.set(connection.stream, connection);
    if (pressure) connection.setPressure(true);
    broker.handle(connection);
  }

  function of(id: DeviceId): Connection[] {
    return [...connections].filter(
      ({ device }) => device?.tenant === id.tenant && device.device === id.device,
    );
  }

  function recheck(id: DeviceId, holds: (credential: string) => boolean): void {
    for (const connection of of(id)) {
      if (!holds(connection.credential)) connection.close('revoked');
    }
  }

  const server = createServer((socket) => accept(socket, { kind: 'none' }));
  const sweeper = setInterval(() => {
    const now = ports.clock.monotonicMs();
    for (const connection of connections) connection.sweep(now);
  }, SWEEP_MS);
  sweeper.unref();

  async function stopAccepting(): Promise<void> {
    if (server.listening) server.close();
    tls?.stopAccepting();
  }

  async function close(): Promise<void> {
    clearInterval(sweeper);
    tls?.close();
    await stopAccepting();
    await broker.close();
    for (const connection of connections) connection.destroy();
  }

  return {
    async listen() {
      const mqttPort = await listen(server, options);
      return { mqttPort, mqttsPort: (await tls?.listen()) ?? 0 };
    },
    reloadCertificates: () => tls?.reload(),
    send: broker.send,
    connections: () => connections.size,
    setPressure: (on) => {
      pressure = on;
      for (const connection of connections) connection.setPressure(on);
    },
    stopAccepting,
    recheck,
    close,
  };
}
