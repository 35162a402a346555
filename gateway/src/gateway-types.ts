import type { ConsentTerms } from './domain/consent/consent-book.ts';
import type { ConsentDesk } from './domain/consent/consent-desk.ts';
import type { Coverage } from './domain/consent/coverage.ts';
import type { OptOuts } from './domain/consent/opt-outs.ts';
import type { ModelSource } from './domain/forward-records.ts';
import type { Clock, DeviceId, GatewayView, Log, Sink, SpoolStore } from './domain/ports.ts';
import type { QuarantineDesk } from './domain/quarantine-desk.ts';
import type { RetentionLimits } from './domain/retention.ts';
import type { SharedState } from './domain/shared-state.ts';
import type { Erasures } from './erasures.ts';
import type { ClusterOptions } from './ingress/cluster/cluster-types.ts';
import type { HttpOptions } from './ingress/http/http-options.ts';
import type { OpenSerial } from './ingress/serial/open-port.ts';
import type { NatsStateOptions } from './shared/nats-state.ts';

/** A device that may connect in mode `tokens`. */
export interface DeviceCredential {
  tenant: string;
  device: string;
  /** SHA-256 of the token, 64 hex digits. The token itself is never kept. */
  tokenSha256: string;
}

export type IdentityOptions =
  /** Any valid `<tenant>.<device>` client id; the listener must be on loopback. */
  | { mode: 'development' }
  | { mode: 'tokens'; devices: readonly DeviceCredential[] }
  /** Devices that `usewire device add` wrote to `identity.db` in the spool's folder; changes hold at once. */
  | { mode: 'registry' };

export interface MqttOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 1883; 0 = any free port. */
  port?: number;
  /** Largest frame of an accepted connection; default 65,536. */
  maxPacketBytes?: number;
  /** Of devices; default 10,000. Those that have not said who they are have places of their own, see `GuardOptions`. */
  maxConnections?: number;
  /** From TCP connect to an accepted CONNECT; default 10,000. */
  connectTimeoutMs?: number;
  /** Telemetry goes through the broker instead of being taken by the guard in front of it; default false. */
  telemetryThroughBroker?: boolean;
}

/** What floods and slow senders may take; docs/limits.md says why each is as it is. For MQTT and MQTTS together. */
export interface GuardOptions {
  /** Connections that have not said who they are; default 4,096. The longest silent one gives way to the next. */
  maxUnidentified?: number;
  /** The same from one address (IPv6: one /64); default 2,048. */
  maxUnidentifiedPerAddress?: number;
  /** All connections from one address; default 10,000, since a fleet may stand behind one. */
  maxConnectionsPerAddress?: number;
  /** TLS sessions of connections that are not identified; default 512. */
  maxHandshakes?: number;
  /** From the first byte of a packet to its last; default 60,000. */
  packetTimeoutMs?: number;
  /** Bytes of all devices together that are no whole packet yet; default 32 MiB. */
  maxWaitingBytes?: number;
  /** What one device may send; beyond it the device is not read for a while. */
  device?: DevicePaceOptions;
}

export interface DevicePaceOptions {
  /** Default 1,000; a packet that goes to the broker (status, SUBSCRIBE, PINGREQ, QoS 2) counts as four or more. */
  messagesPerSecond?: number;
  /** At once after a rest; default 4,000. */
  burstMessages?: number;
  /** Default 1 MiB. */
  bytesPerSecond?: number;
  /** At once after a rest; default 8 MiB. */
  burstBytes?: number;
}

/** MQTT over TLS, beside the plain listener. Files are PEM; they are read again when they change. */
export interface MqttsOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 8883; 0 = any free port. */
  port?: number;
  /** File of the gateway's certificate, with those between it and its root. */
  cert: string;
  /** File of its key. */
  key: string;
  /** File of the certificates that devices' certificates rest on. With it, a certificate takes the place of a token. */
  clientCa?: string;
  /** No device without a certificate; default false. */
  requireClientCertificate?: boolean;
}

/** A serial port, and the one device that talks over it. */
export interface SerialPortOptions {
  path: string;
  tenant: string;
  device: string;
  /** Default 115,200. */
  baudRate?: number;
  /** `line` where the port is a console as well. Default `framed`. */
  mode?: 'framed' | 'line';
  /** Default `none`. */
  flowControl?: 'none' | 'hardware';
  /** `housed`: within one housing with this machine, so that no seal is asked for (POU-SERIAL-10). Default `open`. */
  wiring?: 'open' | 'housed';
  /** Longest frame that is taken, 4,096 (the default) to 262,144. */
  maxFrameBytes?: number;
  /** Longest frame that the device takes; default 512. */
  maxDeviceFrameBytes?: number;
}

export interface SpoolOptions {
  /** Folder of the store; it is made when missing. null = in memory (tests, trials). */
  directory: string | null;
  /** At this size the gateway stops acknowledging. Default 4 GiB. */
  maxBytes?: number;
  /** Of `maxBytes`: from here on a warning is logged and the alarm metric is 1. Default 80. */
  highWaterPercent?: number;
  /** Bytes of quarantine kept, oldest out first. Default 64 MiB. */
  maxQuarantineBytes?: number;
  /** The same for one device. Default 4 MiB. */
  maxQuarantineBytesPerDevice?: number;
  /** How long delivered rows stay, for look-ups and replay. Default 1 h. */
  retentionMs?: number;
}

export interface PathOptions {
  /** Device clocks before this are not believed; default 2024-01-01. */
  earliestPlausibleMs?: number;
  /** Sockets are paused above this many uncommitted bytes; default 8 MiB. */
  highWaterBytes?: number;
  /** Messages in one commit; default 1,000. */
  maxCommitMessages?: number;
  /** Different models that devices may bring, those of all tenants together; default 1,000. The models of `models` do not count. */
  maxModels?: number;
  /** Of them, by the devices of one tenant; default 100. */
  maxModelsPerTenant?: number;
}

/** How messages have to be sealed. Keys are given to devices with `usewire device seal`. */
export interface SealOptions {
  /** At least this, whatever the model and the link; default 's0'. */
  minimum?: 's0' | 's1' | 's2' | 's3';
  /** The weakest hop before this gateway that it cannot see: a proxy that ends TLS, a broker. */
  behind?: 'plain' | 'tls' | 'mtls';
  /** File of the key that the secrets in the registry are encrypted with; default `seal-master.key` in the spool's folder. */
  masterKeyFile?: string;
}

/** Everything the gateway is told. Only `spool` has to be given. */
export interface GatewayOptions {
  seals?: SealOptions;
  /** Days that records of a purpose may be held, where that is less than their model says; by registry code or the model's name. */
  retention?: RetentionLimits;
  /** What every consent record says of who answers for the data. */
  consent?: Partial<ConsentTerms>;
  mqtt?: MqttOptions;
  /** Without it there is no TLS. */
  mqtts?: MqttsOptions;
  guard?: GuardOptions;
  serial?: { ports: readonly SerialPortOptions[] };
  /** Makes it one of several gateways over the same devices. */
  shared?: NatsStateOptions | undefined;
  /** Takes messages over HTTP, one a request. */
  http?: HttpOptions | undefined;
  /** Takes messages from an MQTT cluster that devices are connected to. */
  cluster?: ClusterOptions | undefined;
  /** Lets a gateway listen off loopback without TLS or without authentication, and take messages without seals; for trials on a network of one's own. Default false. */
  developmentGateway?: boolean;
  /** Default `{ mode: 'development' }`. */
  identity?: IdentityOptions;
  spool: SpoolOptions;
  path?: PathOptions;
  /** Canonical bytes of product models that are known from the start. */
  models?: readonly Uint8Array[];
}

/** What parts (forwarders, admin) get of the running gateway. */
export interface GatewayContext {
  clock: Clock;
  log: Log;
  store: SpoolStore;
  view: GatewayView;
  /** Replays and drops what was refused. */
  desk: QuarantineDesk;
  /** Erases what was recorded of people, everywhere. */
  erasures: Erasures;
  /** Enters choices that people make in the maker's service. */
  consents: ConsentDesk;
  sinks: readonly Sink[];
  /** A model by tenant and hex of its 4-byte hash (as in `StoredMessage`): sinks take units, titles and purposes from it. */
  model: ModelSource;
  /** What people have agreed to, at this moment. */
  covered: Coverage;
  retention: RetentionLimits;
  /** Who has signalled that third parties get nothing for marketing or sale. */
  hasOptedOut: OptOuts;
  /** Called at once when a person of a device takes something back; returns the way to stop it. */
  onTakenBack(listener: (id: DeviceId) => void): () => void;
  /** Called after each commit that brought rows; returns the way to stop it. */
  onCommit(listener: (lastPosition: number) => void): () => void;
}

/** Forwarders run from before the first message is taken until after the last ack; admin likewise. */
export interface GatewayPart {
  /** `httpPort` when the part listens. */
  start(): Promise<{ httpPort?: number } | undefined>;
  /** Finishes what is under way, within its own deadline. */
  stop(): Promise<void>;
}

export interface GatewayPorts {
  /** Opens serial ports; default: those of the system. */
  openSerial?: OpenSerial;
  clock?: Clock;
  /** Instead of the store in `spool.directory`; closed by `stop()`. For tests: `memorySpool()`. */
  store?: SpoolStore;
  /** Instead of what `shared` in the options says; closed by `stop()`. For tests: `memoryState()`. */
  shared?: SharedState;
  log?: Log;
  sinks?: readonly Sink[];
  /** Started in this order, stopped in the reverse one. */
  parts?: readonly ((context: GatewayContext) => GatewayPart)[];
}

export interface GatewayAddresses {
  mqttPort: number;
  mqttsPort: number;
  httpPort: number;
  /** Of the door for messages over HTTP; 0 = there is none. */
  httpIngressPort: number;
}

export interface Gateway {
  /** Ready to take messages when it resolves. `httpPort` is 0 when no part listens, `mqttsPort` when there is no TLS. */
  start(): Promise<GatewayAddresses>;
  /** Reads the files of TLS again, now instead of within a second. Open connections stay. */
  reloadCertificates(): void;
  /** From now on the cursors of these sinks hold rows back, and no others; `Forwarders.replace` is what delivers to them. */
  replaceSinks(sinks: readonly Sink[]): void;
  /** Drains: no new connections, open commits and acks finish, parts stop, the store closes. */
  stop(): Promise<void>;
  view: GatewayView;
}
