import type { GatewayConfig, SinkConfig } from '../config/schema.ts';
import type { Clock } from '../domain/ports.ts';
import type { Forwarders } from '../forwarders.ts';
import type { Gateway } from '../gateway-types.ts';
import type { ReloadReport } from '../reload.ts';
import { makeSinks } from '../sinks/make-sinks.ts';
import { forwarderOptionsOf } from './gateway-options.ts';

export interface Configured {
  /** What runs now. */
  config: GatewayConfig;
  forwarders: Forwarders;
  gateway: Pick<Gateway, 'replaceSinks'>;
  clock: Clock;
}

/** Brings the running sinks to those of a configuration that has been checked. Devices notice nothing. */
export async function applySinks(running: Configured, next: GatewayConfig): Promise<ReloadReport> {
  const before = new Map(running.config.sinks.map((sink) => [sink.name, sink]));
  const isSame = (sink: SinkConfig) => equal(before.get(sink.name), sink);
  const report = reportOf(running.config, next, before);
  const sinks = makeSinks(next.sinks, running.clock);
  // First: what a new sink is to have must not be pruned before it begins.
  running.gateway.replaceSinks(sinks);
  await running.forwarders.replace(
    next.sinks.map((config, index) => ({
      sink: sinks[index]!,
      options: forwarderOptionsOf(config),
      isKept: isSame(config),
    })),
  );
  running.config = { ...running.config, sinks: next.sinks };
  return report;
}

function reportOf(now: GatewayConfig, next: GatewayConfig, before: Map<string, SinkConfig>): ReloadReport {
  const named = new Set(next.sinks.map(({ name }) => name));
  const known = next.sinks.filter(({ name }) => before.has(name));
  return {
    ok: true,
    added: next.sinks.filter(({ name }) => !before.has(name)).map(({ name }) => name),
    changed: known.filter((sink) => !equal(before.get(sink.name), sink)).map(({ name }) => name),
    removed: [...before.keys()].filter((name) => !named.has(name)),
    needsRestart: otherChanges(now, next),
  };
}

/** Keys of the first two levels: enough to find it in the file. */
function otherChanges(now: GatewayConfig, next: GatewayConfig): string[] {
  const keys = Object.keys({ ...now, ...next }) as (keyof GatewayConfig)[];
  return keys
    .filter((key) => key !== 'sinks' && !equal(now[key], next[key]))
    .flatMap((key) => {
      const [one, other]: unknown[] = [now[key], next[key]];
      if (!isMap(one) || !isMap(other)) return [key];
      const inner = Object.keys({ ...one, ...other }).filter((name) => !equal(one[name], other[name]));
      return inner.map((name) => `${key}.${name}`);
    });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both come from one schema, which puts keys in one order. */
function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
