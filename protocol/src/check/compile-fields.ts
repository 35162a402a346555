import { pointConsent } from '../model/consent-bits.ts';
import { packedBits, packedPointBits } from '../model/encode-layout.ts';
import type { FieldTable, FieldType, ModelTable, PointTable } from '../model/table.ts';

/** Types as small integers, those whose value fits a column first. */
export const TYPE = {
  int: 0,
  enum: 1,
  bool: 2,
  text: 3,
  bytes: 4,
  location: 5,
  histogram: 6,
} as const satisfies Record<FieldType, number>;

/** A field as the decoders use it: bounds always set, the packed code worked out. */
export interface FieldPlan {
  name: string;
  type: number;
  key: number;
  optional: boolean;
  /** int: bounds in steps. enum: 0..labels-1. text, bytes: longest in bytes is `max`. */
  min: number;
  max: number;
  /** int: a value outside the bounds is kept and flagged. */
  keep: boolean;
  delta: boolean;
  /** `packedBits()` of the field. */
  bits: number;
  /** Position among the delta fields of the model, or -1. */
  deltaSlot: number;
}

export interface PointPlan {
  index: number;
  name: string;
  isSeries: boolean;
  hasValue: boolean;
  /** Index of the first field that is no value: 0 or 1. */
  first: number;
  /** Fields besides the value. */
  attributes: number;
  /** Of those, how many may not be left out. */
  required: number;
  fields: FieldPlan[];
  periodMs: number;
  /** `pointConsent` of it. */
  consent: number;
}

export interface ModelPlan {
  table: ModelTable;
  points: PointPlan[];
  /** Point id -> index into `points`, or -1. */
  indexOfId: Int32Array;
  pointBits: number;
  /** Delta fields of all points together. */
  deltaSlots: number;
}

function bounds(field: FieldTable): { min: number; max: number } {
  if (field.type === 'enum') return { min: 0, max: (field.labels?.length ?? 0) - 1 };
  if (field.type === 'bool') return { min: 0, max: 1 };
  if (field.type === 'text' || field.type === 'bytes')
    return { min: 0, max: field.maxBytes ?? Number.MAX_SAFE_INTEGER };
  return { min: field.min ?? -Number.MAX_SAFE_INTEGER, max: field.max ?? Number.MAX_SAFE_INTEGER };
}

function planField(field: FieldTable, plan: ModelPlan): FieldPlan {
  const delta = field.type === 'int' && field.delta;
  return {
    name: field.name,
    type: TYPE[field.type],
    key: field.key,
    optional: field.optional,
    ...bounds(field),
    keep: field.outside === 'keep',
    delta,
    bits: packedBits(field),
    deltaSlot: delta ? plan.deltaSlots++ : -1,
  };
}

function planPoint(point: PointTable, index: number, plan: ModelPlan): PointPlan {
  const first = point.hasValue ? 1 : 0;
  return {
    index,
    name: point.name,
    isSeries: point.kind === 'series',
    hasValue: point.hasValue,
    first,
    attributes: point.fields.length - first,
    required: point.fields.filter((field, at) => at >= first && !field.optional).length,
    fields: point.fields.map((field) => planField(field, plan)),
    periodMs: point.periodMs,
    consent: pointConsent(plan.table, point),
  };
}

export function planModel(table: ModelTable): ModelPlan {
  const greatestId = table.points.reduce((most, point) => Math.max(most, point.id), 0);
  const plan: ModelPlan = {
    table,
    points: [],
    indexOfId: new Int32Array(greatestId + 1).fill(-1),
    pointBits: packedPointBits(table),
    deltaSlots: 0,
  };
  table.points.forEach((point, index) => {
    plan.points.push(planPoint(point, index, plan));
    plan.indexOfId[point.id] = index;
  });
  return plan;
}
