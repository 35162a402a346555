import type { DecodedRecord } from '@usewire/protocol/check';
import type { Entry, FieldTable, ModelTable, PointTable, RawValue } from '@usewire/protocol/model';

/** One record in raw values, as put in or as the reference decoder reads it. */
export interface RawRecord {
  point: number;
  atMs: number;
  values: RawValue[];
}

function inUnits(raw: number, scale: number): number {
  return scale < 1 ? raw / Math.round(1 / scale) : raw * scale;
}

function locationOf(raw: number[]): object {
  const at = { lat: raw[0]! / 1e7, lon: raw[1]! / 1e7 };
  return raw.length > 2 ? { ...at, accuracyM: raw[2] } : at;
}

function histogramOf(raw: number[], scale: number): object {
  const [count, sum, min, max, exponent, zeroCount, offset] = raw as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const units = { sum: inUnits(sum, scale), min: inUnits(min, scale), max: inUnits(max, scale) };
  return { count, ...units, scale: exponent, zeroCount, offset, buckets: raw.slice(7) };
}

function reading(field: FieldTable, raw: RawValue): unknown {
  if (raw === null) return null;
  if (field.type === 'enum') return field.labels![raw as number];
  if (field.type === 'int') return inUnits(raw as number, field.scale);
  if (field.type === 'location') return locationOf(raw as number[]);
  return field.type === 'histogram' ? histogramOf(raw as number[], field.scale) : raw;
}

function isOutside(field: FieldTable, raw: RawValue): boolean {
  if (field.type !== 'int' || typeof raw !== 'number') return false;
  return raw < (field.min ?? Number.NEGATIVE_INFINITY) || raw > (field.max ?? Number.POSITIVE_INFINITY);
}

function flagsOf(table: ModelTable, record: RawRecord): string[] {
  const point = table.points[record.point]!;
  const outside = point.fields.map((field, i) => isOutside(field, record.values[i]!));
  const flags: string[] = [];
  if (point.hasValue && outside[0]) flags.push('out_of_range');
  if (outside.some((yes, i) => yes && (i > 0 || !point.hasValue))) flags.push('attribute_out_of_range');
  return flags;
}

/** Durations are in seconds outside of the wire. */
function pointValue(point: PointTable, value: unknown): unknown {
  return point.kind === 'session' && value !== null ? ((value as number) * point.resolutionMs) / 1000 : value;
}

/** What `materialise` should give for these raw records. */
export function expectedRecords(table: ModelTable, records: RawRecord[]): DecodedRecord[] {
  return records.map((record, index) => {
    const point = table.points[record.point]!;
    const all = point.fields.map((field, i) => [field.name, reading(field, record.values[i]!)] as const);
    const attributes = all.slice(point.hasValue ? 1 : 0).filter(([, value]) => value !== null);
    return {
      index,
      pointId: point.id,
      point: point.name,
      kind: point.kind,
      uptimeMs: record.atMs,
      value: point.hasValue ? pointValue(point, all[0]![1]) : null,
      attributes: Object.fromEntries(attributes),
      flags: flagsOf(table, record),
    } as DecodedRecord;
  });
}

/** The records of entries in the order of their indexes: series first, then by time. */
export function rawRecords(entries: Entry[]): RawRecord[] {
  const samples = entries.flatMap((entry) =>
    entry.form === 'series'
      ? entry.samples.map((value, i) => ({
          point: entry.point,
          atMs: entry.atMs + i * entry.periodMs,
          values: [value],
        }))
      : [],
  );
  const records = entries.filter((entry) => entry.form === 'record');
  return [...samples, ...records.sort((a, b) => a.atMs - b.atMs)];
}
