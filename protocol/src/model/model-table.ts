import type { Attribute } from './attributes.ts';
import type { Model } from './definition.ts';
import { modelHash } from './describe.ts';
import type { Point } from './points.ts';
import { PurposeCode } from './purposes.ts';
import {
  type FieldTable,
  type FieldType,
  type ModelTable,
  type PointTable,
  type PurposeTable,
  VALUE_KEY,
} from './table.ts';

export const gapCauses = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'];

/** Context fields and their keys in a row's attribute map (SPEC.md, Records). */
const contextKeys = { session: -1, location: -2, intent: -3, actor: -4 };
type ContextKey = keyof typeof contextKeys;
const contextOrder: ContextKey[] = ['session', 'location', 'intent', 'actor'];

interface NumberLike {
  readonly range?: readonly [number, number];
  readonly scale?: number;
  readonly outside?: 'refuse' | 'keep';
  readonly delta?: boolean;
}

function field(name: string, key: number, type: FieldType): FieldTable {
  return { name: name, key: key, type: type, optional: false, scale: 1, outside: 'refuse', delta: false };
}

function withNumber(target: FieldTable, source: NumberLike): FieldTable {
  target.scale = source.scale || 1;
  target.outside = source.outside || 'refuse';
  target.delta = source.delta === true;
  if (source.range) {
    target.min = Math.round(source.range[0] / target.scale);
    target.max = Math.round(source.range[1] / target.scale);
  }
  return target;
}

function withLabels(target: FieldTable, labels: readonly string[]): FieldTable {
  target.labels = labels.slice();
  return target;
}

function optionalField(target: FieldTable): FieldTable {
  target.optional = true;
  return target;
}

function attributeField(name: string, key: number, source: Attribute): FieldTable {
  const type = source.type === 'num' ? 'int' : source.type;
  const made = field(name, key, type);
  made.optional = source.optional;
  if (type === 'int') {
    return withNumber(made, source);
  }
  if (source.labels) {
    return withLabels(made, source.labels);
  }
  if (source.maxBytes !== undefined) {
    made.maxBytes = source.maxBytes;
  }
  return made;
}

function contextField(name: ContextKey, model: Model): FieldTable {
  const type: FieldType = name === 'session' ? 'int' : name === 'location' ? 'location' : 'enum';
  const made = optionalField(field(name, contextKeys[name], type));
  if (name === 'session') {
    made.min = 0;
  }
  if (type === 'enum') {
    return withLabels(made, name === 'intent' ? model.intents : model.actors);
  }
  return made;
}

/** The value field; undefined for events, which have none. */
function valueField(point: Point): FieldTable | undefined {
  if (point.kind === 'event') {
    return undefined;
  }
  if (point.kind === 'state') {
    return withLabels(field('value', VALUE_KEY, 'enum'), point.values || []);
  }
  if (point.kind === 'distribution') {
    return withNumber(field('value', VALUE_KEY, 'histogram'), point);
  }
  const made = withNumber(field('value', VALUE_KEY, 'int'), point);
  if (point.kind === 'counter' || point.kind === 'session') {
    made.min = 0;
  }
  return made;
}

function pointFields(point: Point, model: Model, value: FieldTable | undefined): FieldTable[] {
  const fields = value ? [value] : [];
  const names = Object.keys(point.attributes);
  for (let i = 0; i < names.length; i++) {
    fields.push(attributeField(names[i], i, point.attributes[names[i]]));
  }
  for (let i = 0; i < contextOrder.length; i++) {
    if (point.context.indexOf(contextOrder[i]) >= 0) {
      fields.push(contextField(contextOrder[i], model));
    }
  }
  return fields;
}

function pointRow(name: string, point: Point, model: Model, purposeNames: string[]): PointTable {
  const value = valueField(point);
  return {
    id: point.id,
    name: name,
    kind: point.kind,
    fields: pointFields(point, model, value),
    hasValue: value !== undefined,
    periodMs: point.periodMs || 0,
    resolutionMs: point.resolutionMs,
    perSubject: point.perSubject,
    purpose: purposeNames.indexOf(point.for),
    priority: point.priority === 'critical' ? 0 : point.priority === 'bulk' ? 2 : 1,
  };
}

/** Point 0 of every model: what was accepted and then lost, with its cause (SPEC.md, Point 0). */
function gapPoint(): PointTable {
  const count = field('value', VALUE_KEY, 'int');
  count.min = 1;
  const cause = withLabels(field('cause', 0, 'enum'), gapCauses);
  const from = optionalField(field('from', 1, 'int'));
  const span = optionalField(field('span_ms', 2, 'int'));
  from.min = 0;
  span.min = 0;
  return {
    id: 0,
    name: 'gap',
    kind: 'gap',
    fields: [count, cause, from, span],
    hasValue: true,
    periodMs: 0,
    resolutionMs: 1,
    perSubject: false,
    purpose: -1,
    priority: 0,
  };
}

function purposeRows(model: Model, names: string[]): PurposeTable[] {
  const rows: PurposeTable[] = [];
  for (let i = 0; i < names.length; i++) {
    const purpose = model.purposes[names[i]];
    rows.push({ name: names[i], code: PurposeCode[purpose.code], needsConsent: purpose.basis === 'consent' });
  }
  return rows;
}

/** What a device and a decoder need of `model` at run time. */
export function modelTable(model: Model): ModelTable {
  const purposeNames = Object.keys(model.purposes);
  const names = Object.keys(model.points);
  const points = [gapPoint()];
  for (let i = 0; i < names.length; i++) {
    points.push(pointRow(names[i], model.points[names[i]], model, purposeNames));
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
    purposes: purposeRows(model, purposeNames),
  };
}
