import type { Model } from './definition.ts';
import { modelHash } from './describe.ts';
import type { ContextName } from './points.ts';
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

/** Context fields in order; their keys in a row's attribute map are -1 to -4 (SPEC.md, Records). */
const contextNames: ContextName[] = ['session', 'location', 'intent', 'actor'];
const contextTypes: FieldType[] = ['int', 'location', 'enum', 'enum'];

/** What a field's members come from: an attribute, a point's value, a context field. */
interface FieldSource {
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

function field(name: string, key: number, type: FieldType, source: FieldSource): FieldTable {
  const scale = source.scale || 1;
  const made: FieldTable = {
    name: name,
    key: key,
    type: type,
    optional: source.optional === true,
    scale: scale,
    outside: source.outside || 'refuse',
    delta: source.delta === true,
  };
  if (source.least !== undefined) made.min = source.least;
  if (source.range) {
    made.min = Math.round(source.range[0] / scale);
    made.max = Math.round(source.range[1] / scale);
  }
  if (source.labels) made.labels = source.labels.slice();
  if (source.maxBytes !== undefined) made.maxBytes = source.maxBytes;
  return made;
}

/** A point of a model, or the gap point. */
interface PointSource {
  readonly kind: PointKind;
  readonly id: number;
  readonly for: string;
  readonly attributes: { readonly [name: string]: FieldSource & { readonly type: string } };
  readonly context: readonly string[];
  readonly values?: readonly string[];
  readonly periodMs?: number;
  readonly resolutionMs: number;
  readonly perSubject: boolean;
  readonly priority: string;
}

function valueField(point: PointSource & FieldSource): FieldTable {
  const kind = point.kind;
  const isCount = kind === 'counter' || kind === 'session';
  return field(
    'value',
    VALUE_KEY,
    kind === 'state' ? 'enum' : kind === 'distribution' ? 'histogram' : 'int',
    {
      range: point.range,
      scale: point.scale,
      outside: point.outside,
      delta: point.delta,
      labels: point.values,
      least: isCount ? 0 : point.least,
    },
  );
}

function fieldsOf(point: PointSource, model: Model): FieldTable[] {
  const fields = point.kind === 'event' ? [] : [valueField(point)];
  const names = Object.keys(point.attributes);
  for (let i = 0; i < names.length; i++) {
    const attribute = point.attributes[names[i]];
    const type = attribute.type === 'num' ? 'int' : (attribute.type as FieldType);
    fields.push(field(names[i], i, type, attribute));
  }
  const labels = [undefined, undefined, model.intents, model.actors];
  for (let i = 0; i < 4; i++) {
    if (point.context.indexOf(contextNames[i]) < 0) continue;
    const source = { optional: true, labels: labels[i], least: i === 0 ? 0 : undefined };
    fields.push(field(contextNames[i], -1 - i, contextTypes[i], source));
  }
  return fields;
}

function pointRow(name: string, point: PointSource, model: Model): PointTable {
  return {
    id: point.id,
    name: name,
    kind: point.kind,
    fields: fieldsOf(point, model),
    hasValue: point.kind !== 'event',
    periodMs: point.periodMs || 0,
    resolutionMs: point.resolutionMs,
    perSubject: point.perSubject,
    purpose: Object.keys(model.purposes).indexOf(point.for),
    priority: point.priority === 'critical' ? 0 : point.priority === 'bulk' ? 2 : 1,
  };
}

/** Point 0 of every model: what was accepted and then lost, with its cause (SPEC.md, Point 0). */
const gapPoint: PointSource & FieldSource = {
  kind: 'gap',
  id: 0,
  for: '',
  least: 1,
  attributes: {
    cause: { type: 'enum', labels: gapCauses },
    from: { type: 'int', optional: true, least: 0 },
    span_ms: { type: 'int', optional: true, least: 0 },
  },
  context: [],
  resolutionMs: 1,
  perSubject: false,
  priority: 'critical',
};

function purposeRows(model: Model): PurposeTable[] {
  const names = Object.keys(model.purposes);
  const rows: PurposeTable[] = [];
  for (let i = 0; i < names.length; i++) {
    const purpose = model.purposes[names[i]];
    rows.push({ name: names[i], code: PurposeCode[purpose.code], needsConsent: purpose.basis === 'consent' });
  }
  return rows;
}

/** What a device and a decoder need of `model` at run time. */
export function modelTable(model: Model): ModelTable {
  const names = Object.keys(model.points);
  const points = [pointRow('gap', gapPoint, model)];
  for (let i = 0; i < names.length; i++) {
    points.push(pointRow(names[i], model.points[names[i]] as unknown as PointSource, model));
  }
  points.sort(function (a, b) {
    return a.id - b.id;
  });
  return {
    product: model.product,
    version: model.version,
    hash: modelHash(model),
    points: points,
    subjects: model.subjects.slice(),
    purposes: purposeRows(model),
  };
}
