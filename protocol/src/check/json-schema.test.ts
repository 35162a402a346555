import { describe, expect, it } from 'vitest';
import { bed } from '../model/bed.fixture.ts';
import { type Entry, encodeRecords, modelTable, type RawValue } from '../model/index.ts';
import { encodeMessage } from '../wire/index.ts';
import { compileModel } from './compile.ts';
import { type JsonSchema, toJsonSchema } from './json-schema.ts';
import { materialise } from './materialise.ts';

const schema = toJsonSchema(bed);

const typeOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
};

/** The keywords that the generator writes, read from the text of JSON Schema 2020-12. Any other keyword throws. */
const keywords: Record<string, (value: never, argument: never) => boolean> = {
  type: (value: unknown, type: string) =>
    typeOf(value) === type || (type === 'number' && typeOf(value) === 'integer'),
  const: (value: unknown, wanted: unknown) => value === wanted,
  enum: (value: unknown, wanted: unknown[]) => wanted.includes(value),
  minimum: (value: number, least: number) => value >= least,
  maximum: (value: number, most: number) => value <= most,
  maxLength: (value: string, most: number) => [...value].length <= most,
  pattern: (value: string, pattern: string) => new RegExp(pattern).test(value),
  items: (value: unknown[], items: JsonSchema) => value.every((item) => valid(items, item)),
  required: (value: object, names: string[]) => names.every((name) => Object.hasOwn(value, name)),
  properties: (value: Record<string, unknown>, properties: Record<string, JsonSchema>) =>
    Object.entries(properties).every(
      ([name, inner]) => value[name] === undefined || valid(inner, value[name]),
    ),
  oneOf: (value: unknown, schemas: JsonSchema[]) =>
    schemas.filter((inner) => valid(inner, value)).length === 1,
  $ref: (value: unknown, ref: string) =>
    valid((schema.$defs as Record<string, JsonSchema>)[ref.replace('#/$defs/', '')]!, value),
};
const annotations = new Set(['title', 'description', '$schema', '$id', '$defs', 'additionalProperties']);

function closed(part: JsonSchema, value: unknown): boolean {
  if (part.additionalProperties !== false) return true;
  return Object.keys(value as object).every((name) => Object.hasOwn(part.properties as object, name));
}

function valid(part: JsonSchema, value: unknown): boolean {
  return (
    Object.entries(part).every(([keyword, argument]) => {
      if (annotations.has(keyword) || keyword.startsWith('x-')) return true;
      const check = keywords[keyword];
      if (check === undefined) throw new Error(`keyword ${keyword} is not checked here`);
      return check(value as never, argument as never);
    }) && closed(part, value)
  );
}

/** A decoded record whose value and attributes are objects. */
type Item = Record<'attributes' | 'value', Record<string, unknown>>;

const table = modelTable(bed);
const checker = compileModel(table);
const indexOf = (name: string) => table.points.findIndex((point) => point.name === name);
const record = (name: string, values: RawValue[]): Entry => ({
  form: 'record',
  point: indexOf(name),
  atMs: 0,
  values,
});

/** What a sink would write for these entries. */
function decoded(entries: Entry[]): Record<string, unknown>[] {
  const records = encodeRecords(table, 0, entries, 'plain');
  const modelHash = table.hash.subarray(0, 4);
  const verdict = checker.check(
    encodeMessage({ kind: 1, seq: 0, boot: 1, uptimeMs: 0, modelHash, epoch: 0, records }),
  );
  if (!verdict.ok) throw new Error(verdict.detail);
  const bytes = (_key: string, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  return JSON.parse(JSON.stringify(materialise(table, verdict), bytes));
}

const everything: Entry[] = [
  record('gap', [3, 0, 12, null]),
  { form: 'series', point: indexOf('heart_rate'), atMs: 0, periodMs: 1000, samples: [60, 61, 400] },
  record('position_changed', [1, 30, 0, 4, [515000000, -1000000, 3], 1, 0]),
  record('note', ['hi', new Uint8Array([0, 255]), [1, 2], true, 9999]),
  record('lift_cycles', [17]),
  record('motor_temp', [[2, 80, 39, 41, 3, 0, 5, 1, 1]]),
  record('mode', [1]),
  record('temperature', [-125]),
  record('sleep', [28_800, 81, null, 0]),
  record('overheat', []),
];

describe('toJsonSchema', () => {
  it('equals the golden file', async () => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('golden/bed.schema.json.golden');
  });

  it('names the draft and the model', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBe('urn:usewire:model:acme.bed:3');
  });

  it('describes what the decoder makes of every kind of point', () => {
    const records = decoded(everything);
    expect(new Set(records.map((item) => item.kind)).size).toBe(8);
    for (const item of records) expect([item.point, valid(schema, [item])]).toEqual([item.point, true]);
  });

  const mutations: [string, string, (item: Item) => void][] = [
    ['an unknown point', 'mode', (item) => Object.assign(item, { point: 'mood' })],
    ['the id of another point', 'mode', (item) => Object.assign(item, { pointId: 7 })],
    ['a label that is not declared', 'mode', (item) => Object.assign(item, { value: 'turbo' })],
    ['a value outside its range', 'temperature', (item) => Object.assign(item, { value: 60.1 })],
    ['a value as text', 'temperature', (item) => Object.assign(item, { value: '21' })],
    ['a value of an event', 'overheat', (item) => Object.assign(item, { value: 1 })],
    ['a counter below zero', 'lift_cycles', (item) => Object.assign(item, { value: -1 })],
    ['half a cycle', 'lift_cycles', (item) => Object.assign(item, { value: 0.5 })],
    ['a missing attribute', 'position_changed', (item) => delete item.attributes.angle],
    ['an unknown attribute', 'position_changed', (item) => Object.assign(item.attributes, { speed: 1 })],
    [
      'an attribute outside its range',
      'position_changed',
      (item) => Object.assign(item.attributes, { angle: 61 }),
    ],
    ['an unknown intent', 'position_changed', (item) => Object.assign(item.attributes, { intent: 'party' })],
    ['bytes that are no hex', 'note', (item) => Object.assign(item.attributes, { raw: '0g' })],
    ['a place without longitude', 'note', (item) => Object.assign(item.attributes, { where: { lat: 1 } })],
    ['a histogram without count', 'motor_temp', (item) => delete item.value.count],
    ['a gap without cause', 'gap', (item) => delete item.attributes.cause],
    ['an unknown flag', 'mode', (item) => Object.assign(item, { flags: ['odd'] })],
  ];
  it.each(mutations)('refuses %s', (_what, name, change) => {
    const item = decoded(everything).find((candidate) => candidate.point === name)!;
    expect(valid(schema, [item])).toBe(true);
    change(item as Item);
    expect(valid(schema, [item])).toBe(false);
  });
});
