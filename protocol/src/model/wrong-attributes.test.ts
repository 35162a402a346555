import { describe, expect, it } from 'vitest';
import { bool, int, oneOf, text } from './index.ts';
import { attr, faultsOf, one, type WrongModel } from './wrong-model.fixture.ts';

const wrong: WrongModel[] = [
  [
    'a range that ends before it begins',
    one('gauge', { range: [9, 1] }),
    'NUMBER_RANGE',
    'points.p.range',
    /swap/,
  ],
  ['a range of one number', one('gauge', { range: [9] }), 'NUMBER_RANGE', 'points.p.range', /two numbers/],
  [
    'a range with infinity',
    one('gauge', { range: [0, Infinity] }),
    'NUMBER_RANGE',
    'points.p.range',
    /two numbers/,
  ],
  [
    'a range between two steps',
    one('gauge', { range: [0, 5], scale: 10 }),
    'NUMBER_RANGE',
    'points.p.range',
    /steps of 10/,
  ],
  [
    'a range beyond exact integers',
    one('gauge', { range: [0, 1e12], scale: 1e-9 }),
    'NUMBER_RANGE',
    'points.p.range',
    /steps/,
  ],
  [
    'a scale that is no power of ten',
    one('gauge', { scale: 0.5 }),
    'NUMBER_SCALE',
    'points.p.scale',
    /power of ten/,
  ],
  ['a scale of 0', one('gauge', { scale: 0 }), 'NUMBER_SCALE', 'points.p.scale', /power of ten/],
  ['a negative scale', one('gauge', { scale: -10 }), 'NUMBER_SCALE', 'points.p.scale', /power of ten/],
  ['a unit in words', one('gauge', { unit: 'Celsius' }), 'NUMBER_UNIT', 'points.p.unit', /'Celsius'/],
  ['a unit that is a number', one('gauge', { unit: 5 }), 'NUMBER_UNIT', 'points.p.unit', /no UCUM unit/],
  ['an unknown outside', one('gauge', { outside: 'drop' }), 'NUMBER_OUTSIDE', 'points.p.outside', /'keep'/],
  ['delta that is no bool', one('gauge', { delta: 1 }), 'MODEL_TYPE', 'points.p.delta', /true or false/],
  ['an attribute that is text', attr('int'), 'ATTRIBUTE_TYPE', 'points.p.attributes.x', /'int'/],
  [
    'an attribute of an unknown type',
    attr({ type: 'integer' }),
    'ATTRIBUTE_TYPE',
    'points.p.attributes.x',
    /no attribute type/,
  ],
  ['an attribute that is missing', attr(undefined), 'ATTRIBUTE_TYPE', 'points.p.attributes.x', /use int\(\)/],
  [
    'an unknown option',
    attr((int as unknown as (...a: unknown[]) => unknown)(0, 1, { units: 's' })),
    'MODEL_KEY_UNKNOWN',
    'points.p.attributes.x.units',
    /did you mean 'unit'/,
  ],
  [
    'an int with a scale',
    attr((int as unknown as (...a: unknown[]) => unknown)(0, 1, { scale: 0.1 })),
    'NUMBER_RANGE',
    'points.p.attributes.x',
    /use num/,
  ],
  [
    'an int without range',
    attr({ type: 'int', optional: false, scale: 1 }),
    'NUMBER_RANGE',
    'points.p.attributes.x',
    /use num\(\)/,
  ],
  [
    'optional that is no bool',
    attr({ type: 'bool', optional: 'yes' }),
    'MODEL_TYPE',
    'points.p.attributes.x.optional',
    /true or false/,
  ],
  [
    'no labels',
    attr((oneOf as unknown as () => unknown)()),
    'ENUM_LABELS',
    'points.p.attributes.x.labels',
    /1 to 255/,
  ],
  [
    'a label with a line end',
    attr(oneOf('a\n')),
    'ENUM_LABELS',
    'points.p.attributes.x.labels[0]',
    /control/,
  ],
  [
    'text of 129 bytes',
    attr(text({ maxBytes: 129 })),
    'SIZE_LIMIT',
    'points.p.attributes.x.maxBytes',
    /1 to 128/,
  ],
  [
    'an attribute named value',
    one('event', { attributes: { value: bool() } }),
    'ATTRIBUTE_NAME',
    'points.p.attributes.value',
    /standard field/,
  ],
  [
    'an attribute name with a dash',
    one('event', { attributes: { 'a-b': bool() } }),
    'ATTRIBUTE_NAME',
    'points.p.attributes.a-b',
    /lower-case/,
  ],
  [
    'attributes that are a list',
    one('event', { attributes: [] }),
    'MODEL_TYPE',
    'points.p.attributes',
    /by name/,
  ],
  [
    '33 attributes',
    one('event', { attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => ['x' + i, bool()])) }),
    'MODEL_LIMIT',
    'points.p.attributes',
    /32/,
  ],
];

describe('an attribute or number that is wrong', () => {
  it.each(wrong)('is refused: %s', (_what, build, code, path, message) => {
    const [fault] = faultsOf(build);
    expect(fault).toMatchObject({ code, path });
    expect(fault?.message).toMatch(message);
  });
});
