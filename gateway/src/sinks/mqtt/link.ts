import { readFileSync } from 'node:fs';
import { connect, type IClientOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import type { Publication, Speech } from './publication.ts';

export interface MqttLinkOptions {
  name: string;
  /** mqtt://host:1883 or mqtts://host:8883 */
  url: string;
  /** 5, or 4 for MQTT 3.1.1. */
  protocolVersion: 4 | 5;
  /** Of this gateway alone: a broker ends the connection of another of the same id. */
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  /** PEM of the CA that the broker's certificate rests on. Default: the system's. */
  caFile?: string | undefined;
  /** For the connection, and for the acknowledgements of what is on the way. */
  timeoutMs: number;
}

export interface Link {
  speech: Speech;
  /** Of one payload: what the broker takes. */
  maxBytes: number;
  /** The connection has ended, by whomever. */
  isLost(): boolean;
  /** Resolves when all are acknowledged; at most as many are on their way as the broker allows. Throws. */
  publish(publications: readonly Publication[]): Promise<void>;
  /** At once, without a word: the broker says the will. */
  close(): void;
}

/** On the way at once at the most, and where the broker says nothing of it: Mosquitto's own number. */
const MOST_IN_FLIGHT = 200;
const IN_FLIGHT = 20;
/** For topic, id and content type, which count as the packet's bytes. */
const HEAD_ROOM = 1_024;
const LARGEST_PACKET = 268_435_455;

/** Connects and greets. Throws with what is wrong. */
export async function openLink(options: MqttLinkOptions, speech: Speech, signal: AbortSignal): Promise<Link> {
  const client = connect(options.url, clientOptions(options, speech));
  const stop = () => void client.end(true);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await greeted(client, options, speech);
  } catch (error) {
    client.end(true);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function greeted(client: MqttClient, options: MqttLinkOptions, speech: Speech): Promise<Link> {
  let isLost = false;
  const failed = endOf(client);
  failed.catch(() => {
    isLost = true;
  });
  const within = <T>(work: Promise<T>) => before(work, failed, options.timeoutMs);
  const connected = new Promise<IConnackPacket>((resolve) => void client.once('connect', resolve));
  const { properties } = await within(connected);
  const portion = Math.min(MOST_IN_FLIGHT, properties?.receiveMaximum ?? IN_FLIGHT);
  const link: Link = {
    speech,
    maxBytes: (properties?.maximumPacketSize ?? LARGEST_PACKET) - HEAD_ROOM,
    isLost: () => isLost,
    async publish(publications) {
      for (let at = 0; at < publications.length; at += portion) {
        const some = publications.slice(at, at + portion);
        await within(Promise.all(some.map((one) => send(client, one, options.protocolVersion))));
      }
    },
    close: () => void client.end(true),
  };
  const { listens } = speech;
  if (listens) {
    // What an answer does not reach breaks the connection, which the next batch finds.
    client.on('message', (_, payload) => void link.publish(listens.answer(payload)).catch(link.close));
    await within(client.subscribeAsync(listens.topic, { qos: 1 }));
  }
  await link.publish(speech.greeting());
  return link;
}

/** Rejects when the connection ends, with why. */
function endOf(client: MqttClient): Promise<never> {
  return new Promise((_, reject) => {
    client.on('error', reject);
    client.on('close', () => reject(new Error('the broker closed the connection')));
  });
}

function clientOptions(options: MqttLinkOptions, { will }: Speech): IClientOptions {
  return {
    protocolVersion: options.protocolVersion,
    clientId: options.clientId,
    clean: true,
    connectTimeout: options.timeoutMs,
    // Trying again is the forwarder's; a connection that is mended in secret would hide what was lost with it.
    reconnectPeriod: 0,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile) }),
    ...(will
      ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false } }
      : {}),
  };
}

async function send(
  client: MqttClient,
  { topic, payload, contentType, id }: Publication,
  version: 4 | 5,
): Promise<void> {
  const properties = { contentType, ...(id === undefined ? {} : { userProperties: { id } }) };
  await client.publishAsync(topic, Buffer.from(payload()), {
    qos: 1,
    ...(version === 5 ? { properties } : {}),
  });
}

async function before<T>(work: Promise<T>, failed: Promise<never>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, failed, late]).finally(() => clearTimeout(timer));
}
