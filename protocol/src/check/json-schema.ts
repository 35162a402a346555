import type { Attribute, Model, Point } from '../model/index.ts';

/** A JSON Schema, as far as this file writes it. */
export type JsonSchema = { [keyword: string]: unknown };

const text = (title: string | undefined): JsonSchema => (title === undefined ? {} : { title });

interface NumberLike {
  readonly unit?: string;
  readonly range?: readonly [number, number];
  readonly scale?: number;
  readonly outside?: string;
}

/** Bounds only where the model refuses what is outside; 'keep' lets any number through, flagged. */
function numberSchema(source: NumberLike): JsonSchema {
  const bounded = source.range !== undefined && source.outside !== 'keep';
  return {
    type: (source.scale ?? 1) >= 1 ? 'integer' : 'number',
    ...(bounded ? { minimum: source.range?.[0], maximum: source.range?.[1] } : {}),
    ...(source.unit === undefined ? {} : { 'x-unit': source.unit }),
  };
}

const locationSchema: JsonSchema = {
  type: 'object',
  properties: {
    lat: { type: 'number', minimum: -90, maximum: 90, 'x-unit': 'deg' },
    lon: { type: 'number', minimum: -180, maximum: 180, 'x-unit': 'deg' },
    accuracyM: { type: 'number', minimum: 0, 'x-unit': 'm' },
  },
  required: ['lat', 'lon'],
  additionalProperties: false,
};

function histogramSchema(unit: string | undefined): JsonSchema {
  const whole = { type: 'integer', minimum: 0 };
  const reading = { type: 'number', ...(unit === undefined ? {} : { 'x-unit': unit }) };
  const properties = {
    count: whole,
    sum: reading,
    min: reading,
    max: reading,
    scale: { type: 'integer' },
    zeroCount: whole,
    offset: { type: 'integer' },
    buckets: { type: 'array', items: whole },
  };
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Bytes are hex in JSON, as sinks write them. */
function attributeSchema(attribute: Attribute): JsonSchema {
  const title = text(attribute.title);
  switch (attribute.type) {
    case 'int':
    case 'num':
      return { ...title, ...numberSchema(attribute) };
    case 'bool':
      return { ...title, type: 'boolean' };
    case 'enum':
      return { ...title, enum: attribute.labels };
    case 'text':
      return { ...title, type: 'string', maxLength: attribute.maxBytes };
    case 'bytes':
      return {
        ...title,
        type: 'string',
        pattern: '^([0-9a-f]{2})*$',
        maxLength: 2 * (attribute.maxBytes ?? 0),
      };
    default:
      return { ...title, ...locationSchema };
  }
}

function contextSchema(name: string, model: Model): JsonSchema {
  if (name === 'session') return { type: 'integer', minimum: 0 };
  if (name === 'location') return locationSchema;
  return { enum: name === 'intent' ? model.intents : model.actors };
}

function durationSchema(resolutionMs: number): JsonSchema {
  const type = resolutionMs % 1000 === 0 ? 'integer' : 'number';
  return { type, minimum: 0, 'x-unit': 's', 'x-step': resolutionMs / 1000 };
}

function valueSchema(point: Point): JsonSchema {
  switch (point.kind) {
    case 'event':
      return { type: 'null' };
    case 'state':
      return { enum: point.values };
    case 'session':
      return durationSchema(point.resolutionMs);
    case 'distribution':
      return histogramSchema(point.unit);
    case 'counter':
      return { ...numberSchema(point), minimum: 0 };
    default:
      return numberSchema(point);
  }
}

function attributesSchema(model: Model, point: Point): JsonSchema {
  const declared = Object.entries(point.attributes);
  const context = point.context.map((name) => [name, contextSchema(name, model)]);
  return {
    type: 'object',
    properties: Object.fromEntries([
      ...declared.map(([name, attribute]) => [name, attributeSchema(attribute)]),
      ...context,
    ]),
    required: declared.filter(([, attribute]) => !attribute.optional).map(([name]) => name),
    additionalProperties: false,
  };
}

function pointSchema(model: Model, name: string, point: Point): JsonSchema {
  const properties = {
    index: { type: 'integer', minimum: 0 },
    pointId: { const: point.id },
    point: { const: name },
    kind: { const: point.kind },
    uptimeMs: { type: 'integer', minimum: 0 },
    value: valueSchema(point),
    attributes: attributesSchema(model, point),
    flags: { type: 'array', items: { enum: ['out_of_range', 'attribute_out_of_range'] } },
  };
  return {
    ...text(point.title ?? name),
    ...(point.description === undefined ? {} : { description: point.description }),
    type: 'object',
    properties,
    required: Object.keys(properties),
    'x-purpose': point.for,
    'x-legal-basis': model.purposes[point.for]?.basis,
    'x-sensitivity': point.sensitivity,
    'x-retention-days': point.retentionDays,
  };
}

function gapSchema(): JsonSchema {
  const whole = { type: 'integer', minimum: 0 };
  const causes = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'];
  return {
    title: 'Records that were accepted and then lost',
    type: 'object',
    properties: {
      pointId: { const: 0 },
      point: { const: 'gap' },
      kind: { const: 'gap' },
      value: { type: 'integer', minimum: 1 },
      attributes: {
        type: 'object',
        properties: { cause: { enum: causes }, from: whole, span_ms: { ...whole, 'x-unit': 'ms' } },
        required: ['cause'],
        additionalProperties: false,
      },
    },
    required: ['pointId', 'point', 'kind', 'value', 'attributes'],
  };
}

/**
 * JSON Schema 2020-12 of the records of a decoded message, as `materialise` gives them and sinks write them: one definition a point,
 * numbers in model units. Members that sinks add (device, time, ...) are allowed beside them.
 */
export function toJsonSchema(model: Model): JsonSchema {
  const points = Object.entries(model.points).sort(([, a], [, b]) => a.id - b.id);
  const definitions = Object.fromEntries([
    ['gap', gapSchema()],
    ...points.map(([name, point]) => [name, pointSchema(model, name, point)]),
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:usewire:model:${model.product}:${model.version}`,
    title: model.title ?? model.product,
    type: 'array',
    items: { oneOf: Object.keys(definitions).map((name) => ({ $ref: `#/$defs/${name}` })) },
    $defs: definitions,
  };
}
