import type { Link } from '@usewire/protocol/seal';
import type { RefusedMessage } from '../../domain/books.ts';
import type { LoginAnswer } from '../../domain/credentials.ts';
import type { Arrival } from '../../domain/delivery.ts';
import type { DeviceEntry } from '../../domain/device-entry.ts';
import type {
  AckTarget,
  Clock,
  ClusterConnectionStatus,
  DeviceId,
  Downlink,
  Log,
  Scheduler,
} from '../../domain/ports.ts';

/** An MQTT cluster that devices are connected to, and how the gateway comes to their messages. */
export interface ClusterOptions {
  /** `mqtts://host:8883` or, on this machine, `mqtt://host:1883`. Connections begin at one after the other. */
  urls: readonly string[];
  /** Of the shared subscription: the members of a group share the messages. Default `usewire`. */
  group?: string;
  /**
   * Default true. false: a subscription of this gateway alone, over one connection; for a Mosquitto, which forgets shared subscriptions when
   * it is restarted (src/persist_write.c).
   */
  shared?: boolean;
  /** Names this gateway's sessions at the cluster (`<clientId>-<number>`), so it has to stay over restarts. Default `usewire-<host name>`. */
  clientId?: string;
  /** 1 to 64; default 4. */
  connections?: number;
  /** Messages of one connection that the cluster may have on their way, 1 to 65,535; default 1,000. */
  receiveMaximum?: number;
  /** How long the cluster keeps what a connection that is away has not taken; default 86,400. */
  sessionExpirySeconds?: number;
  username?: string | undefined;
  password?: string | undefined;
  /** PEM files: what the cluster's certificate rests on, and the gateway's own. Read at each connection. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined;
  /** The weakest way by which devices are connected to the cluster; default `plain`, for which personal data has to be sealed. */
  devices?: 'loopback' | 'plain' | 'tls' | 'mtls';
  /** Tells devices by ack messages what is stored; default true. */
  acks?: boolean;
}

type Credentials = 'username' | 'password' | 'tls';
export type FullClusterOptions = Required<Omit<ClusterOptions, Credentials>> &
  Pick<ClusterOptions, Credentials>;

/** What one connection needs of the options. */
export interface ClusterConnectionOptions {
  /** Tried in this order, over and over. */
  urls: readonly string[];
  clientId: string;
  subscriptions: readonly string[];
  receiveMaximum: number;
  sessionExpirySeconds: number;
  username?: string | undefined;
  password?: string | undefined;
  tls?: ClusterOptions['tls'];
}

export interface ClusterConnectionPorts {
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
  /** A message; whether it is answered later, through `target`, or now. `target` is null for QoS 0. */
  message(topic: string, payload: Uint8Array, target: AckTarget | null, token: number): 'later' | 'refused';
  acked(count: number): void;
}

export interface ClusterListenerPorts extends Omit<ClusterConnectionPorts, 'message'> {
  /** Whether a device whose messages the cluster hands over may send now. */
  admit(id: DeviceId): LoginAnswer;
  session(id: DeviceId, hop: Link, via: string): DeviceEntry;
  ended(device: DeviceEntry): void;
  /** null = not taken. */
  take(device: DeviceEntry, payload: Uint8Array, arrival: Arrival): { quarantined: boolean } | null;
  refused(reason: string): void;
  messageRefused(reason: RefusedMessage): void;
}

export interface ClusterListener extends Downlink {
  open(): void;
  status(): ClusterConnectionStatus[];
  setPressure(on: boolean): void;
  /** The registry says something else of a device now. */
  recheck(id: DeviceId): void;
  close(): Promise<void>;
}
