import { createServer, type Server, type Socket } from 'node:net';
import type { Link } from '@usewire/protocol/seal';
import type { RefusedMessage } from '../domain/books.ts';
import type { Arrival } from '../domain/delivery.ts';
import type { DeviceEntry } from '../domain/device-entry.ts';
import type { Clock, DeviceId, Downlink, Log, Scheduler } from '../domain/ports.ts';
import { Connection } from './connection.ts';
import type { ConnectionOptions, ConnectionPorts } from './connection-types.ts';
import { crowd } from './crowd.ts';
import { type DevicePace, type DevicePaceLimits, devicePace } from './device-pace.ts';
import { type EntranceLimits, entrance } from './entrance.ts';
import type { CertificateClaim, Identify } from './identity.ts';
import { listen } from './listen.ts';
import { type Broker, mqttBroker } from './mqtt-broker.ts';
import type { Opening } from './opening.ts';
import type { TlsFiles } from './tls-files.ts';
import { tlsServer } from './tls-server.ts';

export interface MqttListenerOptions extends ConnectionOptions, EntranceLimits {
  host: string;
  port: number;
  /** Of devices. */
  maxConnections: number;
  /** Bytes of all devices together that are no whole packet yet. */
  maxWaitingBytes: number;
  device: DevicePaceLimits;
  /** Null = plain MQTT only. */
  tls: { host: string; port: number; files: TlsFiles; requireClientCertificate: boolean } | null;
}

export interface MqttListenerPorts {
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
  identify: Identify;
  /** A connection of a device begins. */
  session(id: DeviceId, hop: Link, via: string): DeviceEntry;
  /** It has ended, for whatever reason. */
  ended(device: DeviceEntry): void;
  /** null = not taken: close without an answer. */
  take(device: DeviceEntry, payload: Uint8Array, arrival: Arrival): { quarantined: boolean } | null;
  acked(count: number): void;
  refused(reason: string): void;
  /** A message was not handed over; `refused` is told too. */
  messageRefused(reason: RefusedMessage): void;
  /** A device was not read for a while because it sent more than its share. */
  paused(): void;
}

export interface MqttListener extends Downlink {
  /** Resolves with the ports; that of TLS is 0 when there is none. */
  listen(): Promise<{ mqttPort: number; mqttsPort: number }>;
  /** Reads the files of TLS again; open connections stay. */
  reloadCertificates(): void;
  connections(): number;
  /** Those of them that have not said who they are. */
  unidentified(): number;
  setPressure(on: boolean): void;
  /** No new connections; those that are open stay. */
  stopAccepting(): Promise<void>;
  /** Looks again at the open connections of a device; those whose credential holds no more are closed. */
  recheck(id: DeviceId, holds: (credential: string) => boolean): void;
  close(): Promise<void>;
}

const SWEEP_MS = 1_000;

/** MQTT over TCP: brings connections in, puts a guard in front of the broker for each. */
export async function mqttListener(
  options: MqttListenerOptions,
  ports: MqttListenerPorts,
): Promise<MqttListener> {
  const { clock, scheduler } = ports;
  const connections = new Set<Connection>();
  const byStream = new WeakMap<object, Connection>();
  const newest = new WeakMap<DeviceEntry, Connection>();
  const paces = new WeakMap<DeviceEntry, DevicePace>();
  let pressure = false;
  let identified = 0;

  // Before the broker, which has timers: files that cannot be used end the start here.
  const tls = options.tls && tlsServer(options.tls, ports.log);
  const waiting = crowd<Connection>(options.maxWaitingBytes, (longest) => longest.close('waiting-bytes'));

  const broker: Broker = await mqttBroker({
    identify: ports.identify,
    // One that comes back takes the place of its own connection.
    isFull: (id) => identified >= options.maxConnections && of(id).length === 0,
    session(id, connection) {
      identified += 1;
      const device = ports.session(id, connection.hop, connection.via());
      // [MQTT-3.1.4-2]: the newer connection wins, once it has proven to be the same device.
      if (newest.get(device)?.isOpen()) ports.refused('taken-over');
      newest.set(device, connection);
      return device;
    },
    connectionOf: (client) => byStream.get(client.conn)!,
    accepted: (connection, device) => connection.accepted(device, paceOf(device)),
    take: (device, payload, target, onStatus, linkAgeMs) =>
      ports.take(device, payload, { target, token: 0, onStatus, linkAgeMs }),
    refused: ports.refused,
    messageRefused: ports.messageRefused,
  });

  function paceOf(device: DeviceEntry): DevicePace {
    const pace = paces.get(device) ?? devicePace(options.device);
    paces.set(device, pace);
    return pace;
  }

  const connectionPorts: ConnectionPorts<Connection> = {
    monotonicMs: clock.monotonicMs,
    after: scheduler.after,
    telemetry: (connection, payload, target, token) => {
      const arrival = { target, token, onStatus: false, linkAgeMs: connection.ageMs() };
      return ports.take(connection.device!, payload, arrival);
    },
    afterSent: (connection, done) => broker.afterSent(connection.device!, done),
    waiting: waiting.holds,
    paused: ports.paused,
    refused: ports.refused,
    messageRefused: ports.messageRefused,
    acked: ports.acked,
    closed: (connection) => {
      if (!connections.delete(connection) || connection.device === null) return;
      identified -= 1;
      ports.ended(connection.device);
    },
  };

  function admitted(opening: Opening, certificate: CertificateClaim): void {
    const connection = new Connection(opening, certificate, options, connectionPorts);
    connections.add(connection);
    byStream.set(connection.stream, connection);
    if (pressure) connection.setPressure(true);
    broker.handle(connection);
  }

  const { monotonicMs } = clock;
  const { soon } = scheduler;
  const door = entrance(options, { monotonicMs, soon, admitted, refused: ports.refused });

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

  const servers: { server: Server; at: { host: string; port: number } }[] = [
    { server: createServer(door.arrived), at: options },
  ];
  if (options.tls !== null && tls !== null) {
    const server = createServer((socket: Socket) => door.arrivedAt(tls, socket));
    servers.push({ server, at: options.tls });
  }
  const sweeper = setInterval(() => {
    const now = clock.monotonicMs();
    door.sweep(now);
    for (const connection of connections) connection.sweep(now);
  }, SWEEP_MS);
  sweeper.unref();

  async function stopAccepting(): Promise<void> {
    for (const { server } of servers) if (server.listening) server.close();
    door.close();
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
      const [mqttPort, mqttsPort = 0] = await Promise.all(
        servers.map(({ server, at }) => listen(server, at)),
      );
      return { mqttPort: mqttPort!, mqttsPort };
    },
    reloadCertificates: () => tls?.reload(),
    send: broker.send,
    connections: () => connections.size + door.size(),
    unidentified: door.size,
    setPressure: (on) => {
      pressure = on;
      for (const connection of connections) connection.setPressure(on);
    },
    stopAccepting,
    recheck,
    close,
  };
}
