import { readFileSync } from 'node:fs';
import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { Log, Scheduler } from '../domain/ports.ts';
import type { SharedEntry, SharedKind, SharedState } from '../domain/shared-state.ts';
import type { DeviceId } from '../domain/stored.ts';

export interface NatsStateOptions {
  /** nats://host:4222 or tls://host:4222; one of a cluster is enough. */
  servers: readonly string[];
  /** Of the key-value bucket, and of subjects for messages down. Default `usewire`. */
  bucket?: string;
  /** Of the bucket when it is made; default 3. */
  replicas?: number;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  /** A `.creds` file. */
  credentialsFile?: string | undefined;
}

/** nats-server, server/errors.json: JSStreamWrongLastSequenceErrF. */
const WRONG_LAST_SEQUENCE = 10_071;
const TRY_AGAIN_MS = 1_000;

interface Reached {
  connection: NatsConnection;
  kv: KV;
}

/** The shared state in a key-value bucket of NATS JetStream; messages to devices elsewhere go as plain NATS messages. */
export function natsState(
  options: NatsStateOptions,
  { log, scheduler }: { log: Log; scheduler: Scheduler },
): SharedState {
  const { bucket = 'usewire' } = options;
  const watches: [SharedKind, (entry: SharedEntry) => void][] = [];
  let receive: (id: DeviceId, payload: Uint8Array) => void = () => {};
  let reached: Reached | null = null;
  let problem: string | null = 'not reached yet';
  let isClosed = false;
  let callOff = (): void => {};

  async function reach(): Promise<void> {
    try {
      const made = await open(options, bucket);
      if (isClosed) {
        await made.connection.close();
        return;
      }
      hear(made.connection);
      // From here on what others send down is heard.
      await made.connection.flush();
      reached = made;
      problem = null;
      log.info('shared.reached', { bucket });
      for (const [kind, changed] of watches) void follow(made, kind, changed);
      void made.connection.closed().then(() => lost(made, 'the connection was closed'));
    } catch (error) {
      failed(String((error as Error).message));
    }
  }

  /** Everything from the beginning: what is known already changes nothing. */
  function lost(made: Reached, why: string): void {
    if (reached !== made || isClosed) return;
    reached = null;
    void made.connection.close();
    failed(why);
  }

  function failed(why: string): void {
    if (isClosed) return;
    // Once, however long it is away.
    if (problem !== why) log.warn('shared.away', { bucket, problem: why });
    problem = why;
    callOff = scheduler.after(TRY_AGAIN_MS * (0.5 + Math.random()), () => void reach());
  }

  async function follow(
    made: Reached,
    kind: SharedKind,
    changed: (entry: SharedEntry) => void,
  ): Promise<void> {
    try {
      for await (const { key, value, revision, operation } of await made.kv.watch({ key: `${kind}.>` })) {
        // Nothing is ever deleted: an entry that ends says so itself.
        if (operation === 'PUT') changed({ key: key.slice(kind.length + 1), value, revision });
      }
      lost(made, `the watch of ${kind} ended`);
    } catch (error) {
      lost(made, String((error as Error).message));
    }
  }

  function hear(connection: NatsConnection): void {
    connection.subscribe(`${bucket}.dn.*.*`, {
      callback(error, message) {
        const [tenant, device] = message.subject.split('.').slice(-2);
        if (error === null && tenant !== undefined && device !== undefined)
          receive({ tenant, device }, message.data);
      },
    });
  }

  void reach();
  return {
    watch(kind, changed) {
      watches.push([kind, changed]);
      if (reached !== null) void follow(reached, kind, changed);
    },
    async put(kind, key, value, revision) {
      if (reached === null) throw new Error(`the shared state is away: ${problem}`);
      try {
        const name = `${kind}.${key}`;
        if (revision === 0) return await reached.kv.create(name, value);
        return await reached.kv.update(name, value, revision);
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE) return null;
        throw error;
      }
    },
    sendDown: ({ tenant, device }, payload) =>
      reached?.connection.publish(`${bucket}.dn.${tenant}.${device}`, payload),
    onDown(listener) {
      receive = listener;
    },
    problem: () => problem,
    async close() {
      isClosed = true;
      callOff();
      await reached?.connection.close();
    },
  };
}

async function open(options: NatsStateOptions, bucket: string): Promise<Reached> {
  const { servers, user, password, token, credentialsFile } = options;
  const credentials =
    credentialsFile === undefined
      ? { ...(token && { token }), ...(user && { user }), ...(password && { pass: password }) }
      : { authenticator: credsAuthenticator(readFileSync(credentialsFile)) };
  const connection = await connect({
    servers: [...servers],
    name: 'usewire shared state',
    // A new connection reads everything again; one that is mended in secret might have missed something.
    reconnect: false,
    // What this gateway sends down it does not need to hear.
    noEcho: true,
    timeout: 5_000,
    ...credentials,
  });
  try {
    const kv = await new Kvm(connection).create(bucket, { history: 1, replicas: options.replicas ?? 3 });
    return { connection, kv };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
