import type { Model } from './definition.ts';
import { modelHash } from './describe.ts';
import { eachOf, merged } from './draft.ts';
import { type ContextName, pointOf } from './points.ts';
import { PurposeCode } from './purposes.ts';
import {
  type FieldTable,
  type FieldType,
  type ModelTable,
  type PointKind,
  type PointTable,
  type PurposeTable,
  VALUE_KEY,
} from './table.ts';

export const gapCauses = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'];

/** What a field's members come from: an attribute, a point's value, a context field. */
interface FieldSource {
  readonly type?: string;
  readonly optional?: boolean;
  readonly range?: readonly [number, number];
  readonly scale?: number;
  readonly outside?: 'refuse' | 'keep';
  readonly delta?: boolean;
  readonly labels?: readonly string[];
  readonly maxBytes?: number;
  /** Bound below where there is no range. */
  readonly least?: number;
}

/** A point of a model, or the gap point. */
interface PointSource extends FieldSource {
  readonly kind: PointKind;
  readonly id: number;
  readonly for: string;
  readonly attributes: { readonly [name: string]: FieldSource };
  readonly context: readonly string[];
  readonly values?: readonly string[];
  readonly periodMs?: number;
  readonly resolutionMs: number;
  readonly perSubject: boolean;
  readonly priority: string;
}

function field(name: string, key: number, source: FieldSource): FieldTable {
  const scale = source.scale || 1;
  const range = source.range;
  return {
    name,
    key,
    type: (source.type === 'num' ? 'int' : source.type) as FieldType,
    optional: !!source.optional,
    scale,
    outside: source.outside || 'refuse',
    delta: !!source.delta,
    min: range ? Math.round(range[0] / scale) : source.least,
    max: range ? Math.round(range[1] / scale) : undefined,
    labels: source.labels as string[] | undefined,
    maxBytes: source.maxBytes,
  };
}

const valueTypes: { readonly [kind: string]: FieldType } = { state: 'enum', distribution: 'histogram' };
/** Bounds below. */
const leasts: { readonly [kind: string]: number } = { counter: 0, session: 0, gap: 1 };

/** Context fields in order; their keys in a row's attribute map are -1 to -4 (SPEC.md, Records). */
const contextOf = (model: Model): { readonly [name in ContextName]: FieldSource } => ({
  session: { type: 'int', least: 0 },
  location: { type: 'location' },
  intent: { type: 'enum', labels: model.intents },
  actor: { type: 'enum', labels: model.actors },
});

function fieldsOf(point: PointSource, model: Model): FieldTable[] {
  const fields: FieldTable[] = [];
  const kind = point.kind;
  const own = { type: valueTypes[kind] || 'int', labels: point.values, least: leasts[kind] };
  if (kind !== 'event') fields.push(field('value', VALUE_KEY, merged([point, own])));
  eachOf(point.attributes, (name, attribute, i) => {
    fields.push(field(name, i, attribute));
  });
  eachOf(contextOf(model), (name, source, i) => {
    if (point.context.indexOf(name) >= 0)
      fields.push(field(name, -1 - i, merged([source, { optional: true }])));
  });
  return fields;
}

const pointRow = (name: string, point: PointSource, model: Model): PointTable => ({
  id: point.id,
  name,
  kind: point.kind,
  fields: fieldsOf(point, model),
  hasValue: point.kind !== 'event',
  periodMs: point.periodMs || 0,
  resolutionMs: point.resolutionMs,
  perSubject: point.perSubject,
  purpose: Object.keys(model.purposes).indexOf(point.for),
  priority: point.priority === 'critical' ? 0 : point.priority === 'bulk' ? 2 : 1,
});

/** Point 0 of every model: what was accepted and then lost, with its cause (SPEC.md, Point 0). */
const gapPoint: PointSource = /* @__PURE__ */ pointOf('gap', {
  id: 0,
  priority: 'critical',
  attributes: {
    cause: { type: 'enum', labels: gapCauses },
    from: { type: 'int', optional: true, least: 0 },
    span_ms: { type: 'int', optional: true, least: 0 },
  },
});

/** What a device and a decoder need of `model` at run time. */
export function modelTable(model: Model): ModelTable {
  const points = [pointRow('gap', gapPoint, model)];
  const purposes: PurposeTable[] = [];
  eachOf(model.points, (name, point) => {
    points.push(pointRow(name, point as unknown as PointSource, model));
  });
  eachOf(model.purposes, (name, purpose) => {
    purposes.push({ name, code: PurposeCode[purpose.code], needsConsent: purpose.basis === 'consent' });
  });
  return {
    product: model.product,
    version: model.version,
    hash: modelHash(model),
    points: points.sort((a, b) => a.id - b.id),
    subjects: model.subjects as string[],
    purposes,
  };
}
