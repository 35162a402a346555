import type { Collector } from './server.mjs';

/** A data point or log record with who said it, as the Collector's own library understood it. */
export interface Understood {
  device: string;
  name: string;
  unit: string | undefined;
  /** `gauge`, `sum`, `exponentialHistogram` or `log`. */
  shape: string;
  atMs: number;
  attributes: Record<string, unknown>;
  point: Record<string, unknown>;
}

type Attribute = { key: string; value: Record<string, unknown> };
type Group = { resource: { attributes: Attribute[] } };
type Metric = { name: string; unit?: string } & Record<string, { dataPoints: Record<string, unknown>[] }>;

export function understoodBy(collector: Collector): Understood[] {
  return collector
    .understood()
    .flatMap(({ kind, data }) =>
      kind === 'metrics'
        ? (data.resourceMetrics as (Group & { scopeMetrics: { metrics: Metric[] }[] })[]).flatMap(metricsOf)
        : (
            data.resourceLogs as (Group & { scopeLogs: { logRecords: Record<string, unknown>[] }[] })[]
          ).flatMap(logsOf),
    );
}

function metricsOf({
  resource,
  scopeMetrics,
}: Group & { scopeMetrics: { metrics: Metric[] }[] }): Understood[] {
  const device = deviceOf(resource);
  return scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap((metric) =>
      ['gauge', 'sum', 'exponentialHistogram'].flatMap((shape) =>
        (metric[shape]?.dataPoints ?? []).map((point) => ({
          ...{ device, name: metric.name, unit: metric.unit, shape },
          ...partsOf(point),
        })),
      ),
    );
}

function logsOf({
  resource,
  scopeLogs,
}: Group & { scopeLogs: { logRecords: Record<string, unknown>[] }[] }): Understood[] {
  return scopeLogs
    .flatMap(({ logRecords }) => logRecords)
    .map((log) => ({
      ...{ device: deviceOf(resource), name: String(log.eventName), unit: undefined, shape: 'log' },
      ...partsOf(log),
    }));
}

function partsOf(point: Record<string, unknown>) {
  const attributes = (point.attributes ?? []) as Attribute[];
  return {
    point,
    atMs: Number(BigInt(String(point.timeUnixNano ?? 0)) / 1_000_000n),
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  };
}

function deviceOf({ attributes }: Group['resource']): string {
  return String(attributes.find(({ key }) => key === 'device.id')?.value.stringValue);
}
