import type { FieldTable, ModelTable, PointKind, PointTable } from '../model/table.ts';
import { FLAG_ATTRIBUTE_RANGE, FLAG_VALUE_RANGE } from './columns.ts';
import type { DataAccepted } from './compile.ts';
import { type FieldPlan, type ModelPlan, planModel } from './compile-fields.ts';
import { readShape, type ShapeValue } from './decode-shape-items.ts';
import { createState, type DecodeState, startState } from './decode-state.ts';

export interface LocationReading {
  lat: number;
  lon: number;
  accuracyM?: number;
}

/** An exponential histogram in model units: bucket i counts values in (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale). */
export interface HistogramReading {
  count: number;
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  offset: number;
  buckets: number[];
}

export type AttributeReading = number | string | boolean | Uint8Array | LocationReading;
export type Reading = AttributeReading | HistogramReading | null;

/** A record in model units: numbers scaled, enums by their labels. */
export interface DecodedRecord {
  /** Order of appearance in the message, from 0. */
  index: number;
  pointId: number;
  point: string;
  kind: PointKind;
  uptimeMs: number;
  /** A session's is its duration in seconds. null where the kind has none or it was left out. */
  value: Reading;
  /** By name; those left out are absent. Context fields by their names: session, location, intent, actor. */
  attributes: Record<string, AttributeReading>;
  /** 'out_of_range' (value), 'attribute_out_of_range'. */
  flags: string[];
}

function flagNames(flags: number): string[] {
  const names: string[] = [];
  if (flags & FLAG_VALUE_RANGE) names.push('out_of_range');
  if (flags & FLAG_ATTRIBUTE_RANGE) names.push('attribute_out_of_range');
  return names;
}

/**
 * Steps to model units. Dividing by a whole power of ten gives the nearest double to the decimal reading (36.6, not
 * 36.600000000000001), which multiplying by 0.1 does not.
 */
function scaled(steps: number, scale: number): number {
  return scale < 1 ? steps / Math.round(1 / scale) : steps * scale;
}

const degree = 1e7;

function locationOf(numbers: number[]): LocationReading {
  const [lat = 0, lon = 0, accuracyM] = numbers;
  const reading: LocationReading = { lat: lat / degree, lon: lon / degree };
  if (accuracyM !== undefined) reading.accuracyM = accuracyM;
  return reading;
}

function histogramOf(numbers: number[], scale: number): HistogramReading {
  const [count = 0, sum = 0, min = 0, max = 0, exponent = 0, zeroCount = 0, offset = 0, ...buckets] = numbers;
  const units = { sum: scaled(sum, scale), min: scaled(min, scale), max: scaled(max, scale) };
  return { count, ...units, scale: exponent, zeroCount, offset, buckets };
}

function shapeReading(field: FieldTable, shape: ShapeValue): Reading {
  if (field.type === 'location') return locationOf(shape as number[]);
  if (field.type === 'histogram') return histogramOf(shape as number[], field.scale);
  return shape as string | Uint8Array;
}

interface Source {
  state: DecodeState;
  packed: boolean;
}

interface FieldPair {
  table: FieldTable;
  plan: FieldPlan;
}

function reading(source: Source, field: FieldPair, raw: number): Reading {
  if (Number.isNaN(raw)) return null;
  const type = field.table.type;
  if (type === 'int') return scaled(raw, field.table.scale);
  if (type === 'enum') return field.table.labels?.[raw] ?? raw;
  if (type === 'bool') return raw === 1;
  return shapeReading(field.table, readShape(source.state, field.plan, { at: raw, packed: source.packed }));
}

/** Sessions leave the wire's steps behind: a receiver should not have to know the model's resolution. */
function pointValue(source: Source, point: PointTable, field: FieldPair, raw: number): Reading {
  const value = reading(source, field, raw);
  return point.kind === 'session' && typeof value === 'number' ? (value * point.resolutionMs) / 1000 : value;
}

/** Reads records of one model out of columns; keeps what it works out about the model. */
function createMaterialiser(table: ModelTable): (verdict: DataAccepted) => DecodedRecord[] {
  const plan: ModelPlan = planModel(table);
  const state = createState(plan);

  function pair(point: number, field: number): FieldPair {
    return { table: table.points[point]!.fields[field]!, plan: plan.points[point]!.fields[field]! };
  }

  function attributes(
    source: Source,
    point: number,
    at: { slots: Float64Array; start: number },
  ): DecodedRecord['attributes'] {
    const named: DecodedRecord['attributes'] = {};
    const { first, fields } = plan.points[point]!;
    for (let f = first; f < fields.length; f++) {
      const value = reading(source, pair(point, f), at.slots[at.start + f - first]!);
      if (value !== null) named[fields[f]!.name] = value as AttributeReading;
    }
    return named;
  }

  function record(source: Source, verdict: DataAccepted, index: number): DecodedRecord {
    const columns = verdict.columns;
    const at = columns.point[index]!;
    const point: PointTable = table.points[at]!;
    return {
      index,
      pointId: point.id,
      point: point.name,
      kind: point.kind,
      uptimeMs: columns.uptimeMs[index]!,
      value: point.hasValue ? pointValue(source, point, pair(at, 0), columns.value[index]!) : null,
      attributes: attributes(source, at, { slots: columns.slots, start: columns.slot[index]! }),
      flags: flagNames(columns.flags[index]!),
    };
  }

  return (verdict) => {
    startState(state, verdict.bytes);
    const source = { state, packed: verdict.bytes[verdict.recordsAt]! >> 5 === 2 };
    const records: DecodedRecord[] = [];
    for (let i = 0; i < verdict.columns.count; i++) records.push(record(source, verdict, i));
    return records;
  };
}

const materialisers = new WeakMap<ModelTable, (verdict: DataAccepted) => DecodedRecord[]>();

/**
 * The records of an accepted message as objects in model units, for sinks and people; call it before the checker's next
 * `check`. `table` is the one the checker was compiled from.
 */
export function materialise(table: ModelTable, verdict: DataAccepted): DecodedRecord[] {
  let read = materialisers.get(table);
  if (read === undefined) {
    read = createMaterialiser(table);
    materialisers.set(table, read);
  }
  return read(verdict);
}
