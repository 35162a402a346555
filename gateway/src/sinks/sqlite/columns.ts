import type { Model } from '@usewire/protocol/model';
import type { HistogramValue, SinkRecord } from '../../domain/ports.ts';
import { snake, unique, withUnit } from './names.ts';
import type { SqlValue } from './open-database.ts';

type Point = Model['points'][string];

/** One column that a point brings beyond the common ones. */
export interface PointColumn {
  name: string;
  type: 'INTEGER' | 'REAL' | 'TEXT';
  role: 'value' | 'attribute';
  read(record: SinkRecord): SqlValue;
}

/** Who, which message, when: the same in every table. The first five are the primary key. */
export const commonColumns: { name: string; type: string; read(record: SinkRecord): SqlValue }[] = [
  { name: 'tenant', type: 'TEXT NOT NULL', read: (r) => r.tenant },
  { name: 'device', type: 'TEXT NOT NULL', read: (r) => r.device },
  { name: 'boot', type: 'TEXT NOT NULL', read: (r) => r.boot },
  { name: 'seq', type: 'INTEGER NOT NULL', read: (r) => r.seq },
  { name: 'idx', type: 'INTEGER NOT NULL', read: (r) => r.index },
  { name: 'at_ms', type: 'INTEGER NOT NULL', read: (r) => Math.round(r.atMs) },
  { name: 'subject', type: 'TEXT', read: (r) => r.subject },
  { name: 'uptime_ms', type: 'INTEGER NOT NULL', read: (r) => r.uptimeMs },
  { name: 'time_quality', type: 'INTEGER NOT NULL', read: (r) => r.timeQuality },
  { name: 'time_bound_ms', type: 'INTEGER', read: (r) => r.timeBoundMs },
  { name: 'received_ms', type: 'INTEGER NOT NULL', read: (r) => Math.round(r.receivedAtMs) },
  { name: 'consent_epoch', type: 'INTEGER NOT NULL', read: (r) => r.consentEpoch },
  { name: 'model', type: 'TEXT NOT NULL', read: (r) => r.modelHash },
  { name: 'flags', type: 'TEXT', read: (r) => (r.flags.length > 0 ? r.flags.join(' ') : null) },
];

/** The columns of a point's value, attributes and context, in order. */
export function pointColumns(point: Point): PointColumn[] {
  const taken = new Set([...commonColumns.map((column) => column.name), 'time', 'received', 'value']);
  taken.delete('value');
  const attributes = Object.entries(point.attributes).flatMap(([name, attribute]) => {
    const column = withUnit(snake(name), attribute.unit);
    if (attribute.type === 'location') return locationColumns(column, name);
    return [scalar(column, attributeType(attribute), name)];
  });
  const context = point.context.flatMap((name) =>
    name === 'location'
      ? locationColumns(name, name)
      : [scalar(name, name === 'session' ? 'INTEGER' : 'TEXT', name)],
  );
  return [...valueColumns(point), ...attributes, ...context].map((column) => ({
    ...column,
    name: unique(column.name, taken),
  }));
}

function valueColumns(point: Point): PointColumn[] {
  switch (point.kind) {
    case 'event':
      return [];
    case 'state':
      return [value('state', 'TEXT')];
    case 'session':
      return [durationColumn(point.resolutionMs)];
    case 'distribution':
      return histogramColumns(withUnit('value', point.unit));
    default:
      return [value(withUnit('value', point.unit), numberType(point.scale))];
  }
}

function numberType(scale: number | undefined): 'INTEGER' | 'REAL' {
  return (scale ?? 1) >= 1 ? 'INTEGER' : 'REAL';
}

function attributeType(attribute: Point['attributes'][string]): PointColumn['type'] {
  if (attribute.type === 'num') return numberType(attribute.scale);
  return attribute.type === 'int' || attribute.type === 'bool' ? 'INTEGER' : 'TEXT';
}

function value(name: string, type: PointColumn['type']): PointColumn {
  return { name, type, role: 'value', read: (record) => scalarValue(record.value) };
}

/** A session's value counts steps of the point's resolution. */
function durationColumn(resolutionMs: number): PointColumn {
  const read = (record: SinkRecord) =>
    typeof record.value === 'number' ? (record.value * resolutionMs) / 1_000 : null;
  return { name: 'duration_s', type: 'REAL', role: 'value', read };
}

function scalar(name: string, type: PointColumn['type'], attribute: string): PointColumn {
  return { name, type, role: 'attribute', read: (record) => scalarValue(record.attributes[attribute]) };
}

function scalarValue(found: unknown): SqlValue {
  if (typeof found === 'boolean') return found ? 1 : 0;
  if (typeof found === 'number' || typeof found === 'string') return found;
  return found === undefined || found === null ? null : JSON.stringify(found);
}

function locationColumns(name: string, attribute: string): PointColumn[] {
  const part = (suffix: string, key: 'lat' | 'lon' | 'accuracyM'): PointColumn => ({
    name: `${name}_${suffix}`,
    type: 'REAL',
    role: 'attribute',
    read: (record) => {
      const found = record.attributes[attribute];
      return typeof found === 'object' ? (found[key] ?? null) : null;
    },
  });
  return [part('lat', 'lat'), part('lon', 'lon'), part('accuracy_m', 'accuracyM')];
}

function histogramColumns(name: string): PointColumn[] {
  const part = (suffix: string, key: keyof HistogramValue): PointColumn => ({
    name: key === 'count' ? 'count' : `${name}_${suffix}`,
    type: key === 'buckets' ? 'TEXT' : 'REAL',
    role: 'value',
    read: (record) => {
      const histogram = record.value;
      return typeof histogram === 'object' && histogram !== null ? scalarValue(histogram[key]) : null;
    },
  });
  return [
    part('count', 'count'),
    part('sum', 'sum'),
    part('min', 'min'),
    part('max', 'max'),
    part('scale', 'scale'),
    part('zero_count', 'zeroCount'),
    part('offset', 'offset'),
    part('buckets', 'buckets'),
  ];
}
