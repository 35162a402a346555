import { clientIdFor, topicFor } from '@usewire/protocol/wire';
import { connect, type MqttClient } from 'mqtt';
import type { DeviceId } from '../domain/ports.ts';

export interface UplinkOptions extends DeviceId {
  gateway: string;
  token?: string | undefined;
  tls?: { ca?: Uint8Array; cert?: Uint8Array; key?: Uint8Array } | undefined;
  keepAliveSeconds: number;
}

export interface UplinkEvents {
  up(): void;
  /** Once, also when it never was up. Not after `close`. `isRefused`: the gateway answered, and does not want this device. */
  down(problem: string, isRefused: boolean): void;
  message(bytes: Uint8Array): void;
}

/** One MQTT connection in the name of a device; it is not mended, the next one is another. */
export interface Uplink {
  isUp(): boolean;
  /** Calls back when the gateway has acknowledged it, and never otherwise. */
  publish(bytes: Uint8Array, done: () => void): void;
  close(): Promise<void>;
}

/** CONNACK codes 2, 4 and 5 (MQTT 3.1.1, 3.2.2.3). */
const REFUSALS = [2, 4, 5];
const CONNECT_TIMEOUT_MS = 10_000;
const LAST_WORDS_MS = 2_000;

export function openUplink(options: UplinkOptions, events: UplinkEvents): Uplink {
  const { gateway, tenant, device } = options;
  const client = connect(gateway, clientOptions(options));
  let problem: Error | undefined;
  let isUp = false;
  let isOver = false;

  function over(): void {
    if (isOver) return;
    isOver = true;
    client.end(true);
    isUp = false;
    const code = (problem as { code?: unknown } | undefined)?.code;
    events.down(
      problem?.message || String(code ?? 'the connection was closed'),
      REFUSALS.includes(code as number),
    );
  }

  client.on('error', (error) => {
    problem = error;
    over();
  });
  client.on('close', over);
  client.on('connect', () => {
    client.subscribe(topicFor(tenant, device, 'dn'), { qos: 1 }, (error) => {
      if (error) problem = error;
      if (error) over();
      if (isOver) return;
      isUp = true;
      events.up();
    });
  });
  client.on('message', (_topic, payload) => {
    if (!isOver) events.message(payload);
  });

  return {
    isUp: () => isUp,
    publish(bytes, done) {
      const leaf = leafOf(bytes);
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      client.publish(topicFor(tenant, device, leaf), payload, { qos: 1, retain: leaf === 'st' }, (error) => {
        if (!error && !isOver) done();
      });
    },
    close() {
      isOver = true;
      isUp = false;
      return endSoftly(client);
    },
  };
}

/** Hello (0) and bye (3) are statuses. Of a sealed frame the kind is not looked for: gateways take them on `up` as well. */
function leafOf(bytes: Uint8Array): 'up' | 'st' {
  return bytes[0]! >> 5 === 5 && bytes[1] === 0 && (bytes[2] === 0 || bytes[2] === 3) ? 'st' : 'up';
}

function clientOptions({ tenant, device, token, tls, keepAliveSeconds }: UplinkOptions) {
  const id = clientIdFor(tenant, device);
  return {
    ...pem(tls),
    protocolVersion: 4 as const,
    clean: true,
    clientId: id,
    username: id,
    ...(token === undefined ? {} : { password: token }),
    keepalive: keepAliveSeconds,
    // A second store below would send again what the device sends again.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
  };
}

function pem(tls: UplinkOptions['tls'] = {}): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(tls).map(([name, bytes]) => [name, Buffer.from(bytes)]));
}

/** A DISCONNECT tells the gateway that the device left; a dead connection is cut. */
function endSoftly(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    if (!client.connected) {
      client.end(true, () => resolve());
      return;
    }
    const timer = setTimeout(() => client.stream.destroy(), LAST_WORDS_MS);
    timer.unref();
    client.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.end(false);
  });
}
