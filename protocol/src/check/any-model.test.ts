import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../tools/cddl/index.ts';
import {
  compareModels,
  decodeModel,
  encodeModel,
  type Model,
  type ModelTable,
  modelTable,
  type PointTable,
  VALUE_KEY,
} from '../model/index.ts';
import { toCddl } from './cddl.ts';
import { toJsonSchema } from './json-schema.ts';
import { parseModelFile } from './model-file.ts';
import { toModelJson } from './model-json.ts';
import { toDataSheet } from './sheet/data-sheet.ts';
import { toSqlColumns } from './sql-columns.ts';

const reserved = ['gap', 'then', 'constructor', 'value', 'session', 'location', 'intent', 'actor'];
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}$/).filter((word) => !reserved.includes(word));
const label = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'abcXYZ09 -_.%é|<') });
const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 6 });
const names = fc.uniqueArray(name, { maxLength: 4 });
const optionalText = fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined });
const bounds = fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 1000 }));
const range = bounds.map(([least, span]) => [least, least + span] as const);
const number = fc.record(
  {
    unit: fc.constantFrom('Cel', 'km/h', '{step}', '%', '1'),
    range,
    scale: fc.constantFrom(1, 0.1, 0.001, 1e-7),
    outside: fc.constantFrom('keep', 'refuse'),
    delta: fc.boolean(),
  },
  { requiredKeys: [] },
);
const common = fc.record({ title: optionalText, optional: fc.boolean() });
const both = (a: fc.Arbitrary<object>, b: fc.Arbitrary<object>) =>
  fc.tuple(a, b).map(([x, y]) => ({ ...x, ...y }));
const attribute = fc.oneof(
  both(common, fc.record({ type: fc.constant('int'), range })),
  both(both(common, number), fc.record({ type: fc.constant('num') })),
  both(common, fc.record({ type: fc.constantFrom('bool', 'location') })),
  both(common, fc.record({ type: fc.constant('enum'), labels })),
  both(
    common,
    fc.record({ type: fc.constantFrom('text', 'bytes'), maxBytes: fc.integer({ min: 1, max: 128 }) }),
  ),
);
const fields = fc.record({
  attributes: fc.dictionary(name, attribute, { maxKeys: 5 }),
  context: fc.uniqueArray(fc.constantFrom('session', 'location', 'intent', 'actor')),
});
const policy = fc.record({
  for: fc.constantFrom('needed', 'asked'),
  title: optionalText,
  description: optionalText,
  retentionDays: fc.integer({ min: 1, max: 4000 }),
  priority: fc.constantFrom('critical', 'normal', 'bulk'),
  sensitivity: fc.constantFrom('public', 'ordinary', 'personal'),
  perSubject: fc.boolean(),
});
const scaled = fc.record({ scale: fc.constantFrom(1, 0.01, 10) });
const numberOfSeries = number.map(({ delta: _delta, ...rest }) => rest);
const ofKind = (kind: string, more: fc.Arbitrary<object>) =>
  both(policy, more).map((spec) => ({ ...spec, kind }));
const point = fc.oneof(
  ofKind('event', fields),
  ofKind('counter', scaled),
  ofKind('gauge', both(number, fields)),
  ofKind('state', both(fields, fc.record({ values: labels }))),
  ofKind('session', fields),
  ofKind('series', both(numberOfSeries, fc.record({ periodMs: fc.integer({ min: 1, max: 60_000 }) }))),
  ofKind('distribution', scaled),
);

/** Model files with every kind of point and attribute; ids rise by steps, as they do after points were removed. */
const files = fc
  .record({
    points: fc.dictionary(name, point, { minKeys: 1, maxKeys: 8 }),
    subjects: names.map((list) => ['first', ...list.filter((word) => word !== 'first')]),
    intents: labels,
    actors: labels,
    step: fc.integer({ min: 1, max: 900 }),
  })
  .map(({ step, points, ...rest }) => ({
    ...rest,
    product: 'any.thing',
    version: 1,
    purposes: {
      needed: { basis: 'contract', code: 'maintenance' },
      asked: { basis: 'consent', code: 'research', special: true },
    },
    points: Object.fromEntries(
      Object.entries(points).map(([key, spec], index) => [key, { ...spec, id: 1 + index * step }]),
    ),
  }));

function modelOf(file: unknown): Model {
  const result = parseModelFile(file);
  if (!result.ok) throw new Error(`${result.faults[0]?.path}: ${result.faults[0]?.message}`);
  return result.model;
}

/** What encoder and checker take for granted of a table. */
function expectSoundTable(table: ModelTable, point: PointTable): void {
  expect(point.fields[0]?.key === VALUE_KEY).toBe(point.hasValue);
  for (const field of point.fields) {
    if (field.type === 'enum') expect(field.labels?.length).toBeGreaterThan(0);
    if (field.min !== undefined && field.max !== undefined) expect(field.min).toBeLessThanOrEqual(field.max);
    for (const bound of [field.min ?? 0, field.max ?? 0]) expect(Number.isSafeInteger(bound)).toBe(true);
  }
  if (point.id > 0) expect(table.purposes[point.purpose]).toBeDefined();
}

describe('any model', () => {
  it('is the same after bytes and back, and after a file and back', () => {
    fc.assert(
      fc.property(files, (file) => {
        const model = modelOf(file);
        expect(decodeModel(encodeModel(model))).toEqual({ ok: true, value: model });
        expect(modelOf(JSON.parse(JSON.stringify(toModelJson(model))))).toEqual(model);
        expect(compareModels(model, { ...model, version: 2 })).toEqual([]);
      }),
    );
  });

  it('makes a table that encoder and checker can rely on', () => {
    fc.assert(
      fc.property(files, (file) => {
        const table = modelTable(modelOf(file));
        const ids = table.points.map((item) => item.id);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        for (const item of table.points) expectSoundTable(table, item);
      }),
    );
  });

  it('has CDDL that the validator reads, a schema and a sheet for every point, and a column name once', () => {
    fc.assert(
      fc.property(files, (file) => {
        const model = modelOf(file);
        const check = compileCddl(toCddl(model));
        expect(check('data', new Uint8Array([0xa0]))).toBe(false);
        const sheet = toDataSheet(model);
        const defined = Object.keys(toJsonSchema(model).$defs as object);
        for (const [key, columns] of Object.entries(toSqlColumns(model))) {
          expect(defined).toContain(key);
          expect(sheet).toContain(`| \`${key}\``);
          expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length);
        }
      }),
    );
  });
});
