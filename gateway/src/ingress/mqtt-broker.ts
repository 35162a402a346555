import { topicFor } from '@usewire/protocol/wire';
import { Aedes, type Client, type ConnectPacket, type PublishPacket, type Subscription } from 'aedes';
import type { RefusedMessage } from '../domain/books.ts';
import type { RefusedLogin } from '../domain/credentials.ts';
import type { DeviceEntry } from '../domain/device-entry.ts';
import type { AckTarget, DeviceId, Downlink } from '../domain/ports.ts';
import { mayLeaveWill, mayPublish, maySubscribe } from '../domain/rights.ts';
import { answerOrder } from './answer-order.ts';
import { commands } from './commands.ts';
import type { Connection } from './connection.ts';
import type { Identify } from './identity.ts';

export interface BrokerPorts {
  identify: Identify;
  /** There is no room for one more device. */
  isFull(id: DeviceId): boolean;
  /** What is known of a device that was identified. */
  session(id: DeviceId, connection: Connection): DeviceEntry;
  connectionOf(client: Client): Connection;
  /** The CONNECT is answered with yes. */
  accepted(connection: Connection, device: DeviceEntry): void;
  /** Answers through `target` when it is durable. null = close; otherwise whether the payload is good. */
  take(
    device: DeviceEntry,
    payload: Buffer,
    target: AckTarget | null,
    onStatus: boolean,
    linkAgeMs: number,
  ): { quarantined: boolean } | null;
  refused(reason: string): void;
  messageRefused(reason: RefusedMessage): void;
}

export interface Broker extends Downlink {
  /** Calls back when what was sent to the device before is written. */
  afterSent(id: DeviceId, done: () => void): void;
  handle(connection: Connection): void;
  close(): Promise<void>;
}

type Answer = (error?: (Error & { returnCode?: number }) | null) => void;

/** CONNACK, MQTT 3.1.1 section 3.2.2.3. */
const UNAVAILABLE = 3;
const BAD_CREDENTIALS = 4;
const NOT_AUTHORISED = 5;
/** What a QoS 2 sender may leave unreleased: 65,535 packet ids would be kept otherwise. */
const MAX_UNRELEASED = 100;
const NOTHING = Buffer.alloc(0);
/** All others are bad credentials. A device tries again after 3, and alarms after 4 and 5. */
const RETURN_CODES: Partial<Record<RefusedLogin, number>> = {
  registry: UNAVAILABLE,
  revoked: NOT_AUTHORISED,
};

function denied(returnCode: number, message: string): Error & { returnCode: number } {
  return Object.assign(new Error(message), { returnCode });
}

/** The embedded broker (MQTT 3.1.1): sessions, subscriptions, wills. Telemetry and commands go around it. */
export async function mqttBroker(ports: BrokerPorts): Promise<Broker> {
  const wills = new WeakMap<object, string>();
  const order = answerOrder();
  const down = commands(order, ports.connectionOf);
  let closing = false;

  function preConnect(
    client: Client,
    packet: ConnectPacket,
    done: (error: Error | null, ok: boolean) => void,
  ): void {
    if (packet.will) wills.set(client, packet.will.topic);
    done(null, true);
  }

  function authenticate(
    client: Client,
    user: unknown,
    password: unknown,
    done: (error: never, ok: boolean | null) => void,
  ) {
    const answer = done as (error: Error | null, ok: boolean | null) => void;
    const connection = ports.connectionOf(client);
    const who = ports.identify({
      clientId: connection.connect?.clientId ?? '',
      userName: user as string | undefined,
      password: password as Buffer | undefined,
      certificate: connection.certificate,
    });
    if (!who.ok) {
      turnAway(client, who.reason, RETURN_CODES[who.reason] ?? BAD_CREDENTIALS);
      return;
    }
    if (ports.isFull(who.id)) {
      turnAway(client, 'max-connections', UNAVAILABLE);
      return;
    }
    const will = wills.get(client);
    if (will !== undefined && !mayLeaveWill(who.id, will)) {
      turnAway(client, 'will-topic', NOT_AUTHORISED);
      return;
    }
    connection.device = ports.session(who.id, connection);
    connection.credential = who.credential;
    answer(null, true);

    function turnAway(stranger: Client, reason: string, returnCode: number): void {
      ports.refused(reason);
      // The broker cleans up behind a clean session that ends, by client id: behind a stranger that would be the session of the
      // device whose name it borrowed (its QoS 2 messages that are under way).
      (stranger as { clean: boolean }).clean = false;
      answer(denied(returnCode, reason), null);
    }
  }

  /**
   * The only place where aedes can be made to hold a PUBACK (lib/handlers/publish.js). An error here closes the connection, so it is
   * given for wrong topics only, never for a wrong payload. Replacing the hook also replaces its guard of $SYS: `mayPublish` is that guard.
   */
  function authorizePublish(client: Client | null, packet: PublishPacket, answer: Answer): void {
    const connection = client === null ? null : ports.connectionOf(client);
    const device = connection?.device ?? null;
    // When the gateway stops, its devices are not lost: their wills are not executed.
    if (closing) {
      answer(new Error('the gateway is stopping'));
      return;
    }
    if (device === null || !mayPublish(device, packet.topic)) {
      ports.refused('publish-topic');
      ports.messageRefused('publish-topic');
      answer(new Error('not authorised for this topic'));
      return;
    }
    const onStatus = packet.topic.endsWith('/st');
    // A device that is acknowledged its hello sends data: it must know by then that its model is wanted (POU-ACK-4).
    const own = topicFor(device.tenant, device.device, 'dn');
    const target = { ack: () => order.after(own, () => answer(null)), flush: () => {} };
    const waiting = packet.qos === 0 ? null : target;
    const taken = ports.take(device, packet.payload as Buffer, waiting, onStatus, connection!.ageMs());
    if (taken === null) {
      // Closes the connection, and not before the device was told why.
      order.after(own, () => answer(new Error('not taken')));
      return;
    }
    if (taken.quarantined) connection!.tookNonsense();
    // Nobody may subscribe to what devices publish, and it is in the store: the broker need not keep a copy, retained or unreleased.
    packet.retain = false;
    packet.payload = NOTHING;
    if (packet.qos === 0) answer(null);
  }

  function authorizeSubscribe(
    client: Client,
    subscription: Subscription,
    answer: (e: null, s: Subscription | null) => void,
  ) {
    const { device } = ports.connectionOf(client);
    const allowed = device !== null && maySubscribe(device, subscription.topic);
    if (allowed) down.listens(client, subscription.topic, subscription.qos);
    else ports.refused('subscribe-topic');
    // null = SUBACK 0x80 for this filter; the connection stays.
    answer(null, allowed ? subscription : null);
  }

  const broker = await Aedes.createBroker({
    // Ids have up to 65 characters; 23 is the limit of MQTT 3.1.
    maxClientsIdLength: 65,
    maxInflightInbound: MAX_UNRELEASED,
    preConnect,
    authenticate: authenticate as never,
    authorizePublish,
    authorizeSubscribe,
  });
  broker.on('clientReady', (client) => {
    const connection = ports.connectionOf(client);
    if (connection.device !== null) ports.accepted(connection, connection.device);
  });
  broker.on('unsubscribe', (topics, client) => down.listensNoMore(client, topics));
  broker.on('clientError', (_client, error) => {
    // Its message is stored by then, and will be a duplicate when it comes again.
    if (error.message.startsWith('maxInflightInbound')) ports.refused('unreleased');
  });
  broker.on('connectionError', () => {});

  return {
    send: down.send,
    afterSent: (id, done) => order.after(topicFor(id.tenant, id.device, 'dn'), done),
    handle: (connection) => void broker.handle(connection.stream as never),
    close: () => {
      closing = true;
      return new Promise((resolve) => broker.close(() => resolve()));
    },
  };
}
