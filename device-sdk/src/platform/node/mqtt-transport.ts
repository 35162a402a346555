import { clientIdFor, isId, topicFor } from '@usewire/protocol/wire';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { type CloseReason, deviceError, type TransportEvents, type TransportPort } from '../../core/index.ts';

export interface MqttTransportOptions {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  gateway: string;
  /** 1 to 32 of A-Z a-z 0-9 _ -. */
  tenant: string;
  device: string;
  /** The device's secret. Left out only for a gateway on this machine that asks for none. */
  token?: string;
  /** A silent link is found dead after one and a half of it. Default 60. */
  keepAliveSeconds?: number;
  /**
   * What says that a message is stored. Default `link`: the PUBACK of the gateway. `gateway`: its ack messages only, for devices behind a
   * broker or a cluster, whose PUBACK says that the broker has it.
   */
  acknowledgedBy?: 'link' | 'gateway';
  /** Further options of mqtt.js, for TLS (`ca`, `cert`, `key`). */
  connection?: Pick<IClientOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
}

/** CONNACK codes 2, 4 and 5 (MQTT 3.1.1, 3.2.2.3): the gateway answered, and does not want this device. */
const refusals = [2, 4, 5];

function reasonOf(error: Error | undefined, wasOpen: boolean): CloseReason {
  if (error === undefined)
    return { kind: wasOpen ? 'lost' : 'unreachable', detail: 'the connection was closed' };
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'number' && refusals.includes(code)) return { kind: 'refused', detail: error.message };
  const detail = error.message || String(code ?? error.name);
  return { kind: wasOpen ? 'lost' : 'unreachable', detail };
}

function clientOptions(options: MqttTransportOptions, will: Uint8Array): IClientOptions {
  const { tenant, device, token } = options;
  const id = clientIdFor(tenant, device);
  return {
    ...options.connection,
    protocolVersion: 4,
    clean: true,
    clientId: id,
    username: id,
    password: token,
    keepalive: options.keepAliveSeconds ?? 60,
    // The core owns retries, resending and order; a second store below it would repeat messages on its own.
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    connectTimeout: 30_000,
    will: { topic: topicFor(tenant, device, 'st'), payload: Buffer.from(will), qos: 1, retain: true },
  };
}

function checkOptions(options: MqttTransportOptions): void {
  for (const name of ['tenant', 'device'] as const) {
    if (typeof options[name] !== 'string' || !isId(options[name])) {
      throw deviceError(
        'DEV_OPTION',
        `${name} is '${options[name]}'; it must be 1 to 32 of A-Z a-z 0-9 _ -.`,
      );
    }
  }
  if (typeof options.gateway !== 'string' || !/^(mqtts?|tls|tcp|wss?):\/\//.test(options.gateway)) {
    throw deviceError('DEV_OPTION', `gateway is '${options.gateway}'; it must be a URL as mqtt://host:1883.`);
  }
}

export interface MqttTransport extends TransportPort {
  /** Resolves when the last connection is closed, at the latest in two seconds: a bye has then left, or cannot. */
  whenClosed(): Promise<void>;
}

const lastWordsMs = 2000;

/** Lets what was sent leave, then ends; a dead link is cut. */
function endSoftly(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    if (!client.connected) {
      // Asked to end softly before its CONNACK, mqtt.js says it has ended and keeps the socket, and so the process.
      client.end(true, () => resolve());
      return;
    }
    const timer = setTimeout(() => client.stream.destroy(), lastWordsMs);
    timer.unref();
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    client.once('close', finish);
    client.end(false, finish);
  });
}

/** One connection at a time over mqtt.js: MQTT 3.1.1, clean session, QoS 1. Throws a `DeviceError` for ids or a URL that cannot work. */
export function mqttTransport(options: MqttTransportOptions): MqttTransport {
  checkOptions(options);
  const up = topicFor(options.tenant, options.device, 'up');
  const st = topicFor(options.tenant, options.device, 'st');
  const dn = topicFor(options.tenant, options.device, 'dn');
  let current: MqttClient | null = null;
  let closing: Promise<void> = Promise.resolve();
  const isLinkEnough = options.acknowledgedBy !== 'gateway';
  const listeners = new WeakMap<MqttClient, TransportEvents>();

  const start = (client: MqttClient, events: TransportEvents): void => {
    let wasOpen = false;
    let failure: Error | undefined;
    const isCurrent = (): boolean => current === client;
    client.on('error', (error) => {
      failure = error;
      // A refused or broken connection does not always end by itself.
      client.end(true);
    });
    client.on('connect', () => {
      // The gateway may answer the hello at once, so listen first.
      client.subscribe(dn, { qos: 1 }, (error) => {
        if (!isCurrent()) return;
        if (error) {
          failure = error;
          client.end(true);
          return;
        }
        wasOpen = true;
        events.onOpen();
      });
    });
    client.on('message', (_topic, payload) => {
      if (isCurrent()) events.onMessage(payload);
    });
    client.on('close', () => {
      if (!isCurrent()) return;
      current = null;
      client.end(true);
      events.onClose(reasonOf(failure, wasOpen));
    });
    listeners.set(client, events);
  };
  return {
    open: (will, events) => {
      const client = connect(options.gateway, clientOptions(options, will));
      current = client;
      start(client, events);
    },
    send: (tag, leaf, bytes) => {
      const client = current;
      if (client === null || !client.connected) return false;
      const topic = leaf === 'st' ? st : up;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      client.publish(topic, payload, { qos: 1, retain: leaf === 'st' }, (error) => {
        if (!error && isLinkEnough && current === client) listeners.get(client)?.onAck(tag);
      });
      return true;
    },
    close: () => {
      const client = current;
      current = null;
      if (client !== null) closing = endSoftly(client);
    },
    whenClosed: () => closing,
  };
}
