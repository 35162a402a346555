import type { GatewayConfig, SinkConfig } from '../config/schema.ts';
import type { ForwarderOptions } from '../forwarder-types.ts';
import type { GatewayOptions } from '../gateway-types.ts';

/** What the gateway's assembly is told of a configuration; models are read from their files before. */
export function gatewayOptions(config: GatewayConfig, models: readonly Uint8Array[]): GatewayOptions {
  const { connectSeconds, packetSeconds, ...guard } = config.guard;
  return {
    mqtt: { ...config.listen.mqtt, connectTimeoutMs: connectSeconds * 1_000 },
    guard: { ...guard, packetTimeoutMs: packetSeconds * 1_000 },
    mqtts: config.listen.mqtts,
    http: config.listen.http,
    serial: config.serial,
    cluster: config.cluster,
    shared: config.shared,
    developmentGateway: config.developmentGateway,
    identity: config.auth,
    seals: config.seals,
    spool: {
      directory: config.dataDirectory,
      maxBytes: config.spool.maxBytes,
      highWaterPercent: config.spool.highWaterPercent,
      maxQuarantineBytes: config.spool.maxQuarantineBytes,
      maxQuarantineBytesPerDevice: config.spool.maxQuarantineBytesPerDevice,
      retentionMs: config.spool.retentionSeconds * 1_000,
    },
    consent: consentTerms(config),
    retention: config.retention,
    path: { earliestPlausibleMs: Date.parse(config.time.earliestPlausible) },
    models,
  };
}

const DAY_MS = 86_400_000;

function consentTerms({ consent }: GatewayConfig): GatewayOptions['consent'] {
  const { controller, jurisdiction, validForDays } = consent;
  return { controller, jurisdiction, validForMs: validForDays === undefined ? null : validForDays * DAY_MS };
}

export function forwarderOptions(config: GatewayConfig): Record<string, ForwarderOptions> {
  return Object.fromEntries(config.sinks.map((sink) => [sink.name, forwarderOptionsOf(sink)]));
}

export function forwarderOptionsOf(sink: SinkConfig): ForwarderOptions {
  const { batch, retry, purposes, only, except, fields, order, maxConcurrent, backlog, thirdParty } = sink;
  return {
    batch,
    retry,
    rules: { purposes, only, except, fields },
    thirdParty,
    backlogAfterMs: backlog.afterSeconds * 1_000,
    backlogPercent: backlog.percent,
    ...(order === undefined ? {} : { order }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
  };
}
