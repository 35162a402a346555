import type { ConsentTerms } from './domain/consent/consent-book.ts';
import type { RetentionLimits } from './domain/retention.ts';
import type { SealPolicy } from './domain/seal-state.ts';
import { clusterOptions, type FullHttpOptions, httpOptions } from './door-options.ts';
import { fill } from './fill.ts';
import type {
  DevicePaceOptions,
  GatewayOptions,
  GuardOptions,
  IdentityOptions,
  MqttOptions,
  MqttsOptions,
  PathOptions,
  SealOptions,
  SerialPortOptions,
  SpoolOptions,
} from './gateway-types.ts';
import type { FullClusterOptions } from './ingress/cluster/cluster-types.ts';
import { isLoopback } from './ingress/identity.ts';
import type { MqttListenerOptions } from './ingress/mqtt-listener.ts';
import type { DevicePort } from './ingress/serial/serial-listener.ts';
import type { NatsStateOptions } from './shared/nats-state.ts';

export interface FullOptions {
  mqtt: Required<MqttOptions>;
  guard: Required<GuardOptions> & { device: Required<DevicePaceOptions> };
  tls: MqttListenerOptions['tls'];
  serialPorts: readonly DevicePort[];
  cluster: FullClusterOptions | null;
  http: FullHttpOptions | null;
  shared: NatsStateOptions | null;
  identity: IdentityOptions;
  spool: Required<SpoolOptions>;
  path: Required<PathOptions>;
  seals: { policy: SealPolicy; masterKeyFile: string | undefined };
  consent: ConsentTerms;
  retention: RetentionLimits;
  models: readonly Uint8Array[];
}

const MQTT: Required<MqttOptions> = {
  host: '127.0.0.1',
  port: 1883,
  maxPacketBytes: 65_536,
  maxConnections: 10_000,
  connectTimeoutMs: 10_000,
  telemetryThroughBroker: false,
};

/** Each with its reason in docs/limits.md. */
const GUARD: Required<Omit<GuardOptions, 'device'>> = {
  maxUnidentified: 4_096,
  maxUnidentifiedPerAddress: 2_048,
  maxConnectionsPerAddress: 10_000,
  maxHandshakes: 512,
  packetTimeoutMs: 60_000,
  maxWaitingBytes: 32 * 2 ** 20,
};

const DEVICE_PACE: Required<DevicePaceOptions> = {
  messagesPerSecond: 1_000,
  burstMessages: 4_000,
  bytesPerSecond: 2 ** 20,
  burstBytes: 8 * 2 ** 20,
};

const SERIAL_PORT: Omit<DevicePort, 'path' | 'tenant' | 'device'> = {
  baudRate: 115_200,
  mode: 'framed',
  flowControl: 'none',
  wiring: 'open',
  maxFrameBytes: 4_096,
  maxDeviceFrameBytes: 512,
};

const SPOOL: Omit<Required<SpoolOptions>, 'directory'> = {
  maxBytes: 4 * 2 ** 30,
  highWaterPercent: 80,
  maxQuarantineBytes: 64 * 2 ** 20,
  maxQuarantineBytesPerDevice: 4 * 2 ** 20,
  retentionMs: 3_600_000,
};

const PATH: Required<PathOptions> = {
  earliestPlausibleMs: Date.UTC(2024, 0, 1),
  highWaterBytes: 8 * 2 ** 20,
  maxCommitMessages: 1_000,
  maxModels: 1_000,
  maxModelsPerTenant: 100,
};

const CONSENT: ConsentTerms = { controller: '', jurisdiction: '', validForMs: null };

/** Throws with a sentence that says what to change. */
export function withDefaults(options: GatewayOptions): FullOptions {
  const mqtt = fill(MQTT, options.mqtt);
  const { device, ...limits } = options.guard ?? {};
  const guard = { ...fill(GUARD, limits), device: fill(DEVICE_PACE, device) };
  const identity = options.identity ?? { mode: 'development' };
  const isDevelopment = options.developmentGateway === true;
  const tls = options.mqtts === undefined ? null : tlsOptions(options.mqtts);
  if (options.developmentGateway !== true) checkDoors({ mqtt, tls, identity });
  if (identity.mode === 'tokens') checkTokens(identity.devices);
  const spool = { ...fill(SPOOL, options.spool), directory: options.spool.directory };
  const seals = sealOptions(options.seals, options.developmentGateway === true);
  const path = fill(PATH, options.path);
  const serialPorts = (options.serial?.ports ?? []).map(serialPort);
  const cluster = clusterOptions(options.cluster, isDevelopment);
  const http = httpOptions(options.http, isDevelopment, identity.mode);
  return {
    mqtt,
    guard,
    tls,
    serialPorts,
    cluster,
    http,
    shared: options.shared ?? null,
    identity,
    spool,
    path,
    seals,
    consent: fill(CONSENT, options.consent),
    retention: options.retention ?? {},
    models: options.models ?? [],
  };
}

/** A port as it is used, its defaults filled in. */
export function serialPort({ path, tenant, device, ...rest }: SerialPortOptions): DevicePort {
  return { ...fill(SERIAL_PORT, rest), path, tenant, device };
}

/** POU-SEAL-13 holds unless the word is given that this is a development gateway. */
function sealOptions(options: SealOptions = {}, isDevelopment: boolean): FullOptions['seals'] {
  const { minimum = 's0', behind = null, masterKeyFile } = options;
  const level = Number(minimum.slice(1)) as SealPolicy['minimum'];
  return { policy: { minimum: level, behind, byTable: !isDevelopment }, masterKeyFile };
}

function tlsOptions(options: MqttsOptions): NonNullable<FullOptions['tls']> {
  const { host = '127.0.0.1', port = 8883, cert, key, clientCa, requireClientCertificate = false } = options;
  if (requireClientCertificate && clientCa === undefined) {
    throw new Error(
      'mqtts.requireClientCertificate needs mqtts.clientCa: the CA that the certificates rest on',
    );
  }
  return { host, port, files: { cert, key, clientCa }, requireClientCertificate };
}

/** Off loopback: TLS and authentication, or the word that this is a development gateway. */
function checkDoors({ mqtt, tls, identity }: Pick<FullOptions, 'mqtt' | 'tls' | 'identity'>): void {
  const unless = 'or say developmentGateway: true';
  if (!isLoopback(mqtt.host)) {
    throw new Error(
      `MQTT without TLS shows tokens and data to the network, so mqtt.host must be a loopback address and not ${mqtt.host}: ` +
        `listen there with mqtts, ${unless}`,
    );
  }
  if (tls === null || isLoopback(tls.host) || tls.requireClientCertificate) return;
  if (identity.mode !== 'development') return;
  throw new Error(
    `identity mode 'development' trusts every client, so mqtts.host must be a loopback address and not ${tls.host}: ` +
      `use mode 'registry' or 'tokens', requireClientCertificate, ${unless}`,
  );
}

function checkTokens(devices: readonly { tenant: string; device: string; tokenSha256: string }[]): void {
  for (const { tenant, device, tokenSha256 } of devices) {
    if (/^[0-9a-f]{64}$/i.test(tokenSha256)) continue;
    throw new Error(`tokenSha256 of ${tenant}.${device} must be the SHA-256 of its token as 64 hex digits`);
  }
}
