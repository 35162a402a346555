import { readFileSync } from 'node:fs';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { readyStream, type StreamOptions } from './stream.ts';

export interface NatsSinkOptions extends Partial<StreamOptions> {
  name: string;
  /** nats://host:4222 or tls://host:4222; one of a cluster is enough. */
  servers: readonly string[];
  /** The JetStream stream that takes the records; made only when `createStream` says so. */
  stream: string;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  /** A `.creds` file. */
  credentialsFile?: string | undefined;
  /** For the connection, and for each acknowledgement. Default 10,000. */
  timeoutMs?: number;
}

export type NatsSettings = NatsSinkOptions & StreamOptions & { timeoutMs: number };

export interface Link {
  connection: NatsConnection;
  client: JetStreamClient;
  manager: JetStreamManager;
  /** Of one message: what the server and the stream take. */
  maxBytes: number;
  /** How long the stream knows the ids of messages. */
  duplicateWindowMs: number;
  /** Published over this connection up to here; what begins later is not there yet. null = nothing so far: a batch may be half there. */
  sentUpTo: number | null;
}

/** Connects, and has the stream ready. Throws with what is wrong. */
export async function openLink(options: NatsSettings): Promise<Link> {
  const connection = await connectTo(options);
  try {
    const manager = await managerOf(connection, options);
    const stream = await readyStream(manager, options);
    const client = jetstream(connection, { timeout: options.timeoutMs });
    const ofStream = stream.max_msg_size > 0 ? stream.max_msg_size : Number.MAX_SAFE_INTEGER;
    const maxBytes = Math.min(connection.info?.max_payload ?? 1_048_576, ofStream) - HEADER_ROOM;
    const duplicateWindowMs = stream.duplicate_window / 1e6;
    return { connection, client, manager, maxBytes, duplicateWindowMs, sentUpTo: null };
  } catch (error) {
    void connection.close();
    throw error;
  }
}

export function connectTo(options: NatsSettings): Promise<NatsConnection> {
  return connect({
    servers: [...options.servers],
    name: `usewire ${options.name}`,
    // Trying again is the forwarder's; a connection that is mended in secret would hide what was lost with it.
    reconnect: false,
    timeout: options.timeoutMs,
    ...credentials(options),
  });
}

export function managerOf(
  connection: NatsConnection,
  { timeoutMs }: NatsSettings,
): Promise<JetStreamManager> {
  return jetstreamManager(connection, { timeout: timeoutMs });
}

/** For the id and the type, which count as the message's bytes. */
const HEADER_ROOM = 1_024;

function credentials({ user, password, token, credentialsFile }: NatsSettings) {
  if (credentialsFile !== undefined)
    return { authenticator: credsAuthenticator(readFileSync(credentialsFile)) };
  if (token !== undefined) return { token };
  return user === undefined ? {} : { user, ...(password === undefined ? {} : { pass: password }) };
}
