import { describe, expect, it } from 'vitest';
import {
  compareModels,
  counter,
  event,
  gauge,
  int,
  type Model,
  type ModelChange,
  num,
  oneOf,
  product,
  state,
} from './index.ts';

const purposes = {
  a: { basis: 'contract', code: 'service_provision' },
  b: { basis: 'consent', code: 'research' },
} as const;

const points = {
  mode: state({ id: 1, for: 'a', values: ['eco', 'max'] }),
  heat: gauge({ id: 2, for: 'a', unit: 'Cel', scale: 0.1 }),
  press: event({ id: 3, for: 'a', attributes: { key: oneOf('up', 'down'), force: int(0, 9) } }),
};

type Loose = Record<string, unknown>;
const build = (change: Loose = {}, version = 2): Model =>
  (product as unknown as (n: string, v: number, d: Loose) => Model)('acme.x', version, {
    purposes,
    subjects: ['left', 'right'],
    points,
    ...change,
  });
const old = build({}, 1);
const withPoint = (change: Loose) => build({ points: { ...points, ...change } });
const short = (changes: ModelChange[]) =>
  changes.map((change) => `${change.severity} ${change.code} ${change.path}`);

describe('compareModels', () => {
  it('finds nothing in a model that only has a higher version', () => {
    expect(compareModels(old, build())).toEqual([]);
  });

  const cases: [string, Model, string[]][] = [
    ['a version that did not rise', build({}, 1), ['breaking VERSION_NOT_RAISED version']],
    [
      'a new point',
      withPoint({ extra: counter({ id: 9, for: 'a' }) }),
      ['addition POINT_ADDED points.extra'],
    ],
    [
      'a point that went away',
      build({ points: { mode: points.mode, heat: points.heat } }),
      ['notice POINT_REMOVED points.press'],
    ],
    [
      'an id that means something else now',
      build({ points: { mode: points.mode, press: points.press, wear: counter({ id: 2, for: 'a' }) } }),
      ['breaking ID_REUSED points.wear.id'],
    ],
    [
      'a point under a new name',
      build({ points: { mode: points.mode, press: points.press, warmth: points.heat } }),
      ['notice POINT_RENAMED points.warmth'],
    ],
    [
      'another kind',
      withPoint({ heat: counter({ id: 2, for: 'a' }) }),
      ['breaking KIND_CHANGED points.heat'],
    ],
    [
      'another scale',
      withPoint({ heat: gauge({ id: 2, for: 'a', unit: 'Cel', scale: 0.01 }) }),
      ['breaking UNIT_CHANGED points.heat'],
    ],
    [
      'a state put before the others',
      withPoint({ mode: state({ id: 1, for: 'a', values: ['off', 'eco', 'max'] }) }),
      ['breaking VALUES_CHANGED points.mode.values'],
    ],
    [
      'a state put at the end',
      withPoint({ mode: state({ id: 1, for: 'a', values: ['eco', 'max', 'off'] }) }),
      [],
    ],
    [
      'attributes in another order',
      withPoint({
        press: event({ id: 3, for: 'a', attributes: { force: int(0, 9), key: oneOf('up', 'down') } }),
      }),
      ['breaking ATTRIBUTE_ORDER points.press.attributes'],
    ],
    [
      'an attribute of another type',
      withPoint({
        press: event({ id: 3, for: 'a', attributes: { key: oneOf('up', 'down'), force: num() } }),
      }),
      ['breaking ATTRIBUTE_CHANGED points.press.attributes.force'],
    ],
    [
      'a label that was renamed',
      withPoint({
        press: event({ id: 3, for: 'a', attributes: { key: oneOf('up', 'dn'), force: int(0, 9) } }),
      }),
      ['breaking VALUES_CHANGED points.press.attributes.key'],
    ],
    [
      'a new attribute that is required',
      withPoint({
        press: event({
          id: 3,
          for: 'a',
          attributes: { key: oneOf('up', 'down'), force: int(0, 9), n: int(0, 1) },
        }),
      }),
      ['notice ATTRIBUTE_REQUIRED points.press.attributes.n'],
    ],
    [
      'subjects in another order',
      build({ subjects: ['right', 'left'] }),
      ['breaking SUBJECTS_CHANGED subjects'],
    ],
    ['one more subject', build({ subjects: ['left', 'right', 'pet'] }), []],
    [
      'another purpose, longer retention, lower sensitivity',
      withPoint({
        heat: gauge({ id: 2, for: 'b', unit: 'Cel', scale: 0.1, retentionDays: 999, sensitivity: 'public' }),
      }),
      [
        'notice PURPOSE_CHANGED points.heat.for',
        'notice RETENTION_LONGER points.heat.retentionDays',
        'notice SENSITIVITY_LOWERED points.heat.sensitivity',
      ],
    ],
  ];

  it.each(cases)('tells %s', (_what, next, changes) => {
    expect(short(compareModels(old, next))).toEqual(changes);
  });

  it('tells another product', () => {
    const other = { ...build(), product: 'acme.y' };
    expect(short(compareModels(old, other))).toEqual(['breaking PRODUCT_CHANGED product']);
  });

  it('says which labels have to stay', () => {
    const next = withPoint({ mode: state({ id: 1, for: 'a', values: ['max'] }) });
    expect(compareModels(old, next)[0].message).toContain('keep [eco, max] and add at the end');
  });
});
