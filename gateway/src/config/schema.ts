import { z } from 'zod';
import {
  HTTP_DEFAULTS,
  JSONL_DEFAULTS,
  KAFKA_DEFAULTS,
  MQTT_DEFAULTS,
  NATS_DEFAULTS,
  PARQUET_DEFAULTS,
  POSTGRES_DEFAULTS,
  S3_DEFAULTS,
} from '../domain/sink-defaults.ts';
import { sinkOrder } from './sink-order-schema.ts';
import { sinkRules } from './sink-rules-schema.ts';

/**
 * The shape of `usewire.yaml`. Unknown keys are faults: a misspelt limit that is silently ignored is worse than none.
 * `describe()` texts are what error messages show as "expected".
 */

const name = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,32}$/)
  .describe('1 to 32 of the characters A-Z a-z 0-9 _ -');
const port = z.int().min(0).max(65_535).describe('an integer from 0 (any free port) to 65535');
const host = z.string().min(1).max(255).describe('a host name or address');
const path = z.string().min(1).describe('a path');
const positive = (least: number, most: number) => z.int().min(least).max(most);

const mqtt = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(1883),
  /** Largest MQTT packet of an authenticated connection; before CONNACK the guard allows 4 KiB. */
  maxPacketBytes: positive(512, 16_777_216).default(65_536),
  /** Of devices; those that have not said who they are have places of their own, see guard. */
  maxConnections: positive(1, 1_000_000).default(10_000),
});

/** What floods and slow senders may take, on all listeners together; docs/limits.md says why each is as it is. */
const guard = z.strictObject({
  /** From the TCP connection until the CONNECT is accepted. */
  connectSeconds: positive(1, 600).default(10),
  maxUnidentified: positive(1, 1_000_000).default(4_096),
  maxUnidentifiedPerAddress: positive(1, 1_000_000).default(2_048),
  maxConnectionsPerAddress: positive(1, 1_000_000).default(10_000),
  /** TLS sessions of connections that are not identified. */
  maxHandshakes: positive(2, 100_000).default(512),
  /** From the first byte of a packet to its last. */
  packetSeconds: positive(1, 3_600).default(60),
  /** Bytes of all devices together that are no whole packet yet. */
  maxWaitingBytes: positive(65_536, Number.MAX_SAFE_INTEGER).default(33_554_432),
  /** Beyond it a device is not read for a while; nothing is dropped. */
  device: z
    .strictObject({
      messagesPerSecond: positive(1, 1_000_000).default(1_000),
      burstMessages: positive(1, 10_000_000).default(4_000),
      bytesPerSecond: positive(1_024, Number.MAX_SAFE_INTEGER).default(1_048_576),
      burstBytes: positive(1_024, Number.MAX_SAFE_INTEGER).default(8_388_608),
    })
    .prefault({}),
});

const mqtts = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(8_883),
  /** PEM: the gateway's certificate, with those between it and its root. */
  cert: path,
  key: path,
  /** PEM: what devices' certificates rest on. A certificate then takes the place of a token. */
  clientCa: path.optional(),
  requireClientCertificate: z.boolean().default(false),
});

/** One message a POST, for things that have no device. */
const http = z.strictObject({
  host: host.default('127.0.0.1'),
  port: port.default(8_080),
  /** PEM; with both it speaks HTTPS only. */
  cert: path.optional(),
  key: path.optional(),
  maxBodyBytes: positive(512, 262_144).default(65_536),
  maxConnections: positive(1, 100_000).default(1_000),
  /** Web pages that may post. */
  allowOrigins: z
    .array(
      z
        .string()
        .regex(/^https?:\/\/[^/\s*]+$/)
        .describe('an origin such as https://app.example.com'),
    )
    .default([]),
});

const device = z.strictObject({
  tenant: name,
  device: name,
  tokenSha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .describe('the SHA-256 of the token: 64 hexadecimal digits')
    .optional(),
  tokenFile: path.optional(),
});

/** A serial port is one device's: whoever holds the cable is that device (POU-SERIAL-10). */
const serialPort = z.strictObject({
  path: path.describe('a path such as /dev/serial/by-id/... or COM3'),
  tenant: name,
  device: name,
  baudRate: positive(50, 12_000_000).default(115_200),
  /** line: the port is a console as well, which costs a third more bytes. */
  mode: z.enum(['framed', 'line']).default('framed'),
  flowControl: z.enum(['none', 'hardware']).default('none'),
  /** housed: within one housing with this machine, so that data needs no seal on the way. */
  wiring: z.enum(['open', 'housed']).default('open'),
  /** POU-SERIAL-5: a gateway takes 4,096, a device 512. */
  maxFrameBytes: positive(4_096, 262_144).default(4_096),
  maxDeviceFrameBytes: positive(512, 262_144).default(512),
});

const serial = z.strictObject({ ports: z.array(serialPort).max(256).default([]) });

/** An MQTT cluster that devices are connected to. */
const cluster = z.strictObject({
  urls: z
    .array(z.url({ protocol: /^mqtts?$/ }).describe('an address such as mqtts://host:8883'))
    .min(1)
    .describe('a list of addresses'),
  group: name.default('usewire'),
  /** false: this gateway alone, over one connection; see docs/ingress.md for when. */
  shared: z.boolean().default(true),
  /** Of this gateway alone, and the same after a restart: the cluster keeps its sessions by it. */
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,48}$/)
    .describe('1 to 48 of the characters A-Z a-z 0-9 . _ -')
    .optional(),
  connections: positive(1, 64).default(4),
  receiveMaximum: positive(1, 65_535).default(1_000),
  sessionExpirySeconds: positive(0, 4_294_967_295).default(86_400),
  username: z.string().optional(),
  password: z.string().optional(),
  passwordFile: path.optional(),
  tls: z.strictObject({ ca: path.optional(), cert: path.optional(), key: path.optional() }).optional(),
  /** The weakest way by which devices come to the cluster: it decides what has to be sealed. */
  devices: z.enum(['loopback', 'plain', 'tls', 'mtls']).default('plain'),
  /** For devices that keep what they sent until the gateway says that it is stored. */
  acks: z.boolean().default(true),
});

const auth = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('development') }),
  z.strictObject({ mode: z.literal('tokens'), devices: z.array(device) }),
  z.strictObject({ mode: z.literal('registry') }),
]);

const spool = z.strictObject({
  /** At this size the gateway stops acknowledging; devices keep their data. */
  maxBytes: positive(1_048_576, Number.MAX_SAFE_INTEGER).default(4_294_967_296),
  /** Readiness fails and a warning is logged from here on. */
  highWaterPercent: positive(1, 100).default(80),
  /** How long delivered messages stay, for look-ups and `usewire tail --from`. */
  retentionSeconds: positive(0, 31_536_000).default(3_600),
  maxQuarantineBytes: positive(0, Number.MAX_SAFE_INTEGER).default(67_108_864),
  /** One device that sends rubbish must not push out what others did. */
  maxQuarantineBytesPerDevice: positive(0, Number.MAX_SAFE_INTEGER).default(4_194_304),
});

const time = z.strictObject({
  /** A device clock before this is not believed. */
  earliestPlausible: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .describe('a date such as 2024-01-01 or 2024-01-01T00:00:00Z')
    .default('2024-01-01T00:00:00Z'),
});

const batch = z.strictObject({
  maxRecords: positive(1, 100_000).default(1_000),
  maxBytes: positive(1_024, 67_108_864).default(262_144),
  /** How long the oldest message may wait for its batch to fill. */
  maxAgeMs: positive(0, 3_600_000).default(500),
});

const retry = z.strictObject({
  baseMs: positive(1, 3_600_000).default(500),
  maxMs: positive(1, 86_400_000).default(60_000),
  /** Failures in a row after which the sink counts as down and is only probed. */
  breakerAfter: positive(1, 1_000).default(5),
  probeEveryMs: positive(1, 86_400_000).default(30_000),
});

const common = {
  name,
  batch: batch.prefault({}),
  retry: retry.prefault({}),
  ...sinkOrder,
  ...sinkRules,
};

const seals = z.strictObject({
  /** At least this for every message, beside what POU-SEAL-13 asks by sensitivity and weakest hop. */
  minimum: z.enum(['s0', 's1', 's2', 's3']).default('s0'),
  /** The weakest hop that this gateway cannot see: a proxy that ends TLS, a broker that bridges. */
  behind: z.enum(['plain', 'tls', 'mtls']).optional(),
  /** The key that the secrets in identity.db are encrypted with; made there when it is first needed. */
  masterKeyFile: path.default('seal-master.key'),
});

/** Stands in every consent record (ISO/IEC TS 27560). */
const consent = z.strictObject({
  /** Who answers for the data: name and contact. */
  controller: z.string().max(200).default(''),
  jurisdiction: z.string().max(32).describe('a jurisdiction such as EU, AT or US-CA').default(''),
  /** How long a grant holds; without it, until it is changed. */
  validForDays: positive(1, 36_500).optional(),
});

/** Days by purpose, where that is less than the models say. */
const retention = z.record(z.string().min(1).max(128), positive(1, 36_500));

const sqliteSink = z.strictObject({ ...common, type: z.literal('sqlite'), file: path.default('usage.db') });

const jsonlSink = z.strictObject({
  ...common,
  type: z.literal('jsonl'),
  directory: path.default('jsonl'),
  rotateBytes: positive(1_024, Number.MAX_SAFE_INTEGER).default(JSONL_DEFAULTS.rotateBytes),
  rotateAfterSeconds: positive(1, 31_536_000).default(JSONL_DEFAULTS.rotateAfterSeconds),
});

const parquetSink = z.strictObject({
  ...common,
  type: z.literal('parquet'),
  directory: path.default('lake'),
  /** A divisor or a multiple of an hour lets files begin at full hours. */
  rotateAfterSeconds: positive(1, 86_400).default(PARQUET_DEFAULTS.rotateAfterSeconds),
  rotateBytes: positive(65_536, 1_073_741_824).default(PARQUET_DEFAULTS.rotateBytes),
});

const s3Sink = z.strictObject({
  ...common,
  type: z.literal('s3'),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .describe('the name of a bucket: 3 to 63 of a-z 0-9 . -'),
  prefix: z
    .string()
    .regex(/^([A-Za-z0-9!_.*'()=-]+\/)*$/)
    .describe('words of A-Z a-z 0-9 _ . - with / behind each')
    .default(S3_DEFAULTS.prefix),
  region: z.string().min(1).default(S3_DEFAULTS.region),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .describe('an http:// or https:// address')
    .optional(),
  /** The bucket in the path of an address. Default: true where an endpoint is given. */
  pathStyle: z.boolean().optional(),
  accessKeyId: z.string().min(1).optional(),
  secretAccessKey: z.string().min(1).optional(),
  stagingDirectory: path.default('s3-staging'),
  rotateAfterSeconds: positive(1, 86_400).default(S3_DEFAULTS.rotateAfterSeconds),
  rotateBytes: positive(65_536, 1_073_741_824).default(S3_DEFAULTS.rotateBytes),
  timeoutMs: positive(10, 600_000).default(S3_DEFAULTS.timeoutMs),
});

const httpSink = z.strictObject({
  ...common,
  type: z.literal('http'),
  url: z.url({ protocol: /^https?$/ }).describe('an http:// or https:// address'),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string()).default({}),
  gzip: z.boolean().default(HTTP_DEFAULTS.gzip),
  signingSecret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,128}={0,2}$/)
    .describe('whsec_ and a key of 24 bytes or more in base64')
    .optional(),
  timeoutMs: positive(10, 600_000).default(HTTP_DEFAULTS.timeoutMs),
});

const otlpSink = z.strictObject({
  ...common,
  type: z.literal('otlp'),
  url: z.url({ protocol: /^https?$/ }).describe('an http:// or https:// address, without /v1/...'),
  headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string()).default({}),
  gzip: z.boolean().default(HTTP_DEFAULTS.gzip),
  timeoutMs: positive(10, 600_000).default(HTTP_DEFAULTS.timeoutMs),
});

const postgresSink = z.strictObject({
  ...common,
  type: z.literal('postgres'),
  url: z.url({ protocol: /^postgres(ql)?$/ }).describe('an address such as postgres://user@host/database'),
  /** Shorter than PostgreSQL's 63 bytes, and no name of its own (`pg_...`). */
  schema: z
    .string()
    .regex(/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/)
    .describe('a name of a-z, 0-9 and _ that does not begin with pg_')
    .default(POSTGRES_DEFAULTS.schema),
  timeoutMs: positive(10, 600_000).default(POSTGRES_DEFAULTS.timeoutMs),
});

/** Words of a subject, without the characters that stand for others. */
const subject = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

const natsServers = z
  .array(
    z.url({ protocol: /^(nats|tls)$/ }).describe('an address such as nats://host:4222 or tls://host:4222'),
  )
  .min(1)
  .describe('a list of addresses');

const natsCredentials = {
  user: z.string().optional(),
  password: z.string().optional(),
  token: z.string().optional(),
  credentialsFile: path.optional(),
};

const natsSink = z.strictObject({
  ...common,
  type: z.literal('nats'),
  servers: natsServers,
  stream: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe('the name of a stream: A-Z a-z 0-9 _ -'),
  subjectPrefix: z
    .string()
    .regex(subject)
    .describe('words of A-Z a-z 0-9 _ - with dots between them')
    .default(NATS_DEFAULTS.subjectPrefix),
  ...natsCredentials,
  /** Without it a stream that is missing is never made. */
  createStream: z
    .strictObject({
      replicas: positive(1, 5).default(3),
      duplicateWindowSeconds: positive(1, 86_400).default(600),
      maxBytes: positive(1_048_576, Number.MAX_SAFE_INTEGER).optional(),
    })
    .optional(),
  /** The word without which a stream of one replica is refused: it acknowledges before it syncs. */
  singleReplicaSyncs: z.boolean().default(NATS_DEFAULTS.singleReplicaSyncs),
  timeoutMs: positive(10, 600_000).default(NATS_DEFAULTS.timeoutMs),
});

const kafkaSink = z.strictObject({
  ...common,
  type: z.literal('kafka'),
  brokers: z
    .array(
      z
        .string()
        .regex(/^[^\s:/]+:\d{1,5}$/)
        .describe('a broker such as kafka-1.example.com:9092'),
    )
    .min(1)
    .describe('a list of brokers'),
  topic: z
    .string()
    .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/)
    .describe('the name of a topic: A-Z a-z 0-9 . _ -'),
  tls: z.boolean().default(KAFKA_DEFAULTS.tls),
  sasl: z
    .strictObject({
      mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']),
      username: z.string(),
      password: z.string(),
    })
    .optional(),
  timeoutMs: positive(10, 600_000).default(KAFKA_DEFAULTS.timeoutMs),
});

/** One level of a topic, without the characters that stand for others. */
const level = z
  .string()
  .regex(/^[^/+#\s]{1,64}$/)
  .describe('one level of a topic, without / + #');

const mqttSink = z.strictObject({
  ...common,
  type: z.literal('mqtt'),
  url: z.url({ protocol: /^mqtts?$/ }).describe('an address such as mqtts://broker.example.com:8883'),
  protocolVersion: z
    .union([z.literal(4), z.literal(5)])
    .describe('5, or 4 for MQTT 3.1.1')
    .default(MQTT_DEFAULTS.protocolVersion),
  clientId: z.string().min(1).max(128).optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  caFile: path.optional(),
  payload: z.enum(['json', 'senml-cbor', 'sparkplug-b']).default(MQTT_DEFAULTS.payload),
  topic: z
    .string()
    .regex(
      /^([^/+#{}]|\{(tenant|device|product|point)\})+(\/([^/+#{}]|\{(tenant|device|product|point)\})+)*$/,
    )
    .describe('a topic of text and {tenant}, {device}, {product}, {point}, without + and #')
    .default(MQTT_DEFAULTS.topic),
  /** Its own topics; for the payload of that name. */
  sparkplug: z.strictObject({ group: level, node: level }).optional(),
  timeoutMs: positive(10, 600_000).default(MQTT_DEFAULTS.timeoutMs),
});

/** Several gateways over the same devices. */
const shared = z.strictObject({
  servers: natsServers,
  bucket: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .describe('the name of a bucket: A-Z a-z 0-9 _ -')
    .default('usewire'),
  replicas: positive(1, 5).default(3),
  ...natsCredentials,
});

const sink = z.discriminatedUnion('type', [
  sqliteSink,
  jsonlSink,
  parquetSink,
  s3Sink,
  httpSink,
  postgresSink,
  natsSink,
  kafkaSink,
  mqttSink,
  otlpSink,
]);

const admin = z.strictObject({ host: host.default('127.0.0.1'), port: port.default(18_080) });

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const configSchema = z.strictObject({
  listen: z
    .strictObject({ mqtt: mqtt.prefault({}), mqtts: mqtts.optional(), http: http.optional() })
    .prefault({}),
  guard: guard.prefault({}),
  serial: serial.prefault({}),
  cluster: cluster.optional(),
  shared: shared.optional(),
  auth: auth.prefault({ mode: 'development' }),
  /** The word without which nothing listens off loopback without TLS and authentication, or takes data that the table of seals refuses. */
  developmentGateway: z.boolean().default(false),
  dataDirectory: path.default('usewire-data'),
  seals: seals.prefault({}),
  consent: consent.prefault({}),
  retention: retention.default({}),
  spool: spool.prefault({}),
  time: time.prefault({}),
  models: z.array(path).default([]),
  sinks: z.array(sink).prefault([
    { name: 'usage', type: 'sqlite' },
    { name: 'jsonl', type: 'jsonl' },
  ]),
  admin: admin.prefault({}),
  log: z.strictObject({ level: z.enum(logLevels).default('info') }).prefault({}),
});

type Parsed = z.output<typeof configSchema>;

/** What the gateway runs with: every default filled in, paths absolute, token files read. Made by `loadConfig`. */
export interface GatewayConfig extends Omit<Parsed, 'auth' | 'cluster'> {
  /** Its password read from its file. */
  cluster?: Omit<NonNullable<Parsed['cluster']>, 'passwordFile'> | undefined;
  auth: { mode: 'development' } | { mode: 'tokens'; devices: DeviceToken[] } | { mode: 'registry' };
}

export interface DeviceToken {
  tenant: string;
  device: string;
  /** Lower-case hex. The token itself is kept nowhere. */
  tokenSha256: string;
}

export type ParsedConfig = Parsed;
/** What a person may write: everything that has a default may be left out. */
export type GatewayConfigInput = z.input<typeof configSchema>;
export type SinkConfig = GatewayConfig['sinks'][number];
