import { modelKey } from '../../domain/model-key.ts';
import type { HistogramValue, SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { byResource, resourceOf, scope } from './resource.ts';
import { keyValues, unixNano } from './values.ts';

/** opentelemetry-proto, metrics.proto: AggregationTemporality. */
const DELTA = 1;
const CUMULATIVE = 2;

/** What is a number over time: values of gauges and series, counts of counters, distributions. Everything else is a log record. */
export function isMetric({ kind, value }: SinkRecord): boolean {
  if (kind === 'distribution') return typeof value === 'object' && value !== null;
  return ['gauge', 'series', 'counter'].includes(kind) && typeof value === 'number';
}

/** ExportMetricsServiceRequest. */
export function metricsRequest(records: readonly SinkRecord[], models: SinkBatch['models']) {
  return {
    resourceMetrics: byResource(records).map((group) => ({
      resource: resourceOf(group[0]),
      scopeMetrics: [{ scope, metrics: byPoint(group).map((points) => metric(points, models)) }],
    })),
  };
}

function byPoint(records: readonly SinkRecord[]): [SinkRecord, ...SinkRecord[]][] {
  const found = new Map<string, [SinkRecord, ...SinkRecord[]]>();
  for (const record of records) {
    const group = found.get(record.point);
    if (group) group.push(record);
    else found.set(record.point, [record]);
  }
  return [...found.values()];
}

function metric(records: [SinkRecord, ...SinkRecord[]], models: SinkBatch['models']) {
  const { product, point, kind } = records[0];
  const unit = models.get(modelKey(records[0]))?.points[point]?.unit;
  // OpenTelemetry's units are UCUM's, as ours.
  const head = { name: `${product}.${point}`, ...(unit ? { unit } : {}) };
  if (kind === 'distribution')
    return {
      ...head,
      exponentialHistogram: { dataPoints: records.map(histogramPoint), aggregationTemporality: DELTA },
    };
  const dataPoints = records.map(numberPoint);
  if (kind !== 'counter') return { ...head, gauge: { dataPoints } };
  return { ...head, sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } };
}

/** Without the record's identity: it would make a time series of each point. */
function dataPoint(record: SinkRecord) {
  const attributes = keyValues({ ...record.attributes, 'usewire.subject': record.subject });
  return { attributes, timeUnixNano: unixNano(record.atMs) };
}

function numberPoint(record: SinkRecord) {
  const value = record.value as number;
  const number = Number.isSafeInteger(value) ? { asInt: String(value) } : { asDouble: value };
  // A counter counts since its boot.
  const start =
    record.kind === 'counter' ? { startTimeUnixNano: unixNano(record.atMs - record.uptimeMs) } : {};
  return { ...dataPoint(record), ...start, ...number };
}

function histogramPoint(record: SinkRecord) {
  const { count, sum, min, max, scale, zeroCount, offset, buckets } = record.value as HistogramValue;
  return {
    ...dataPoint(record),
    ...{ count: String(count), sum, min, max, scale, zeroCount: String(zeroCount) },
    positive: { offset, bucketCounts: buckets.map(String) },
  };
}
