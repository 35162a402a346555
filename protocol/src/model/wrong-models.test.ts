import { describe, expect, it } from 'vitest';
import {
  bool,
  command,
  counter,
  distribution,
  event,
  gauge,
  int,
  type ModelError,
  oneOf,
  product,
  series,
  session,
  setting,
  state,
  text,
} from './index.ts';

/** What plain JavaScript may pass: the compiler refuses these, see tests/types. */
type Builder = (spec: unknown) => object;
const loose = {
  counter,
  distribution,
  event,
  gauge,
  series,
  session,
  state,
  command,
  setting,
} as unknown as Record<string, Builder>;
const looseProduct = product as unknown as (name: unknown, version: unknown, definition: unknown) => unknown;

const purposes = {
  a: { basis: 'contract', code: 'service_provision' },
  health: { basis: 'consent', code: 'research', special: true },
};
const ok = () => counter({ id: 1, for: 'a' });

const model = (definition: Record<string, unknown>) => () =>
  looseProduct('acme.x', 1, { purposes, points: { p: ok() }, ...definition });
const one = (kind: string, spec: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  model({ points: { p: loose[kind]({ id: 1, for: 'a', ...spec }) }, ...more });
const attr = (attribute: unknown) => one('event', { attributes: { x: attribute } });

/** What is wrong, the model, code, path and a part of the sentence. */
const wrongModels: [string, () => unknown, string, string, RegExp][] = [
  ['no definition', () => looseProduct('a', 1, undefined), 'MODEL_LIMIT', 'purposes', /1 to 64 purposes/],
  [
    'a product name with spaces',
    () => looseProduct('Acme Bed', 1, { purposes, points: { p: ok() } }),
    'MODEL_NAME',
    'product',
    /acme\.bed/,
  ],
  [
    'an empty word in the name',
    () => looseProduct('acme..bed', 1, { purposes, points: { p: ok() } }),
    'MODEL_NAME',
    'product',
    /dots/,
  ],
  [
    'version 0',
    () => looseProduct('a', 0, { purposes, points: { p: ok() } }),
    'MODEL_VERSION',
    'version',
    /whole number from 1/,
  ],
  [
    'a version as text',
    () => looseProduct('a', '1', { purposes, points: { p: ok() } }),
    'MODEL_VERSION',
    'version',
    /'1'/,
  ],
  [
    'an unknown key of the model',
    model({ purpose: {} }),
    'MODEL_KEY_UNKNOWN',
    'model.purpose',
    /did you mean 'purposes'/,
  ],
  ['no purposes', model({ purposes: {} }), 'MODEL_LIMIT', 'purposes', /1 to 64/],
  [
    'a purpose name in capitals',
    model({ purposes: { ...purposes, Health: purposes.a } }),
    'MODEL_NAME',
    'purposes.Health',
    /lower-case/,
  ],
  [
    'a purpose that is text',
    model({ purposes: { ...purposes, b: 'consent' } }),
    'MODEL_TYPE',
    'purposes.b',
    /'consent'/,
  ],
  [
    'a purpose without basis',
    model({ purposes: { a: { code: 'research' } } }),
    'MODEL_KEY_MISSING',
    'purposes.a.basis',
    /add 'basis'/,
  ],
  [
    'an unknown basis',
    model({ purposes: { a: { basis: 'konsent', code: 'research' } } }),
    'PURPOSE_BASIS',
    'purposes.a.basis',
    /did you mean 'consent'/,
  ],
  [
    'an unknown purpose code',
    model({ purposes: { a: { basis: 'consent', code: 'fun' } } }),
    'PURPOSE_CODE',
    'purposes.a.code',
    /'fun'/,
  ],
  [
    'special without consent',
    model({ purposes: { a: { basis: 'contract', code: 'research', special: true } } }),
    'PURPOSE_SPECIAL',
    'purposes.a.special',
    /explicit consent/,
  ],
  [
    'special that is no bool',
    model({ purposes: { a: { basis: 'consent', code: 'research', special: 1 } } }),
    'MODEL_TYPE',
    'purposes.a.special',
    /true or false/,
  ],
  ['a subject twice', model({ subjects: ['left', 'left'] }), 'MODEL_TYPE', 'subjects[1]', /twice/],
  ['a subject with a space', model({ subjects: ['left side'] }), 'MODEL_TYPE', 'subjects[0]', /lower-case/],
  ['intents that are no list', model({ intents: 'sleep' }), 'MODEL_TYPE', 'intents', /is a list/],
  ['no points', model({ points: {} }), 'MODEL_LIMIT', 'points', /1 to 1000/],
  [
    'a point name in camel case',
    model({ points: { heartRate: ok() } }),
    'POINT_NAME',
    'points.heartRate',
    /lower-case/,
  ],
  ['a point named gap', model({ points: { gap: ok() } }), 'POINT_NAME', 'points.gap', /not gap/],
  [
    'a point that is no point',
    model({ points: { p: { kind: 'evnt' } } }),
    'POINT_KIND',
    'points.p',
    /did you mean 'event'/,
  ],
  ['a point that is null', model({ points: { p: null } }), 'POINT_KIND', 'points.p', /null is no kind/],
  [
    'a point without spec',
    model({ points: { p: loose.counter(undefined) } }),
    'MODEL_KEY_MISSING',
    'points.p.id',
    /add 'id'/,
  ],
  [
    'a point without purpose',
    model({ points: { p: loose.counter({ id: 1 }) } }),
    'MODEL_KEY_MISSING',
    'points.p.for',
    /add 'for'/,
  ],
  [
    'a purpose that is not declared',
    one('counter', { for: 'helth' }),
    'POINT_PURPOSE',
    'points.p.for',
    /did you mean 'health'/,
  ],
  ['id 0', one('counter', { id: 0 }), 'POINT_ID', 'points.p.id', /0 is the gap point/],
  ['id 65536', one('counter', { id: 65536 }), 'POINT_ID', 'points.p.id', /1 to 65535/],
  ['id 1.5', one('counter', { id: 1.5 }), 'POINT_ID', 'points.p.id', /whole number/],
  [
    'an id twice',
    model({ points: { p: ok(), q: ok() } }),
    'POINT_ID_TWICE',
    'points.q.id',
    /is the id of points\.p/,
  ],
  [
    'an unknown key of a point',
    one('counter', { retentionDay: 3 }),
    'MODEL_KEY_UNKNOWN',
    'points.p.retentionDay',
    /did you mean 'retentionDays'/,
  ],
  [
    'a range of an event',
    one('event', { range: [0, 1] }),
    'MODEL_KEY_UNKNOWN',
    'points.p.range',
    /unknown key/,
  ],
  [
    'a period of a gauge',
    one('gauge', { periodMs: 1000 }),
    'MODEL_KEY_UNKNOWN',
    'points.p.periodMs',
    /unknown key/,
  ],
  [
    'attributes of a counter',
    one('counter', { attributes: { x: bool() } }),
    'MODEL_KEY_UNKNOWN',
    'points.p.attributes',
    /a value only/,
  ],
  [
    'context of a series',
    one('series', { periodMs: 1, context: ['session'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /a value only/,
  ],
  [
    'an unknown sensitivity',
    one('counter', { sensitivity: 'secret' }),
    'POINT_SENSITIVITY',
    'points.p.sensitivity',
    /personal/,
  ],
  [
    'special data for a plain purpose',
    one('counter', { sensitivity: 'special' }),
    'POINT_SPECIAL',
    'points.p.sensitivity',
    /special: true/,
  ],
  [
    'per subject without subjects',
    one('counter', { perSubject: true }),
    'POINT_SUBJECTS',
    'points.p.perSubject',
    /subjects/,
  ],
  [
    'per subject that is no bool',
    one('counter', { perSubject: 'left' }),
    'MODEL_TYPE',
    'points.p.perSubject',
    /true or false/,
  ],
  [
    'an unknown context',
    one('event', { context: ['place'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /'place'/,
  ],
  [
    'a context twice',
    one('event', { context: ['session', 'session'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /twice/,
  ],
  [
    'context that is no list',
    one('event', { context: 'session' }),
    'POINT_CONTEXT',
    'points.p.context',
    /a list/,
  ],
  [
    'intent without intents',
    one('event', { context: ['intent'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /`intents`/,
  ],
  [
    'actor without actors',
    one('event', { context: ['actor'] }),
    'POINT_CONTEXT',
    'points.p.context',
    /`actors`/,
  ],
  [
    'retention of 0 days',
    one('counter', { retentionDays: 0 }),
    'POINT_RETENTION',
    'points.p.retentionDays',
    /1 to 36500/,
  ],
  [
    'an unknown priority',
    one('counter', { priority: 'high' }),
    'POINT_PRIORITY',
    'points.p.priority',
    /critical/,
  ],
  [
    'a resolution of half a ms',
    one('counter', { resolutionMs: 0.5 }),
    'POINT_RESOLUTION',
    'points.p.resolutionMs',
    /whole ms/,
  ],
  ['a series without period', one('series', {}), 'POINT_PERIOD', 'points.p.periodMs', /undefined/],
  ['a state without values', one('state', {}), 'POINT_VALUES', 'points.p.values', /1 to 255/],
  [
    'a state with a value twice',
    one('state', { values: ['a', 'a'] }),
    'POINT_VALUES',
    'points.p.values[1]',
    /twice/,
  ],
  ['a title that is a number', one('counter', { title: 7 }), 'MODEL_TYPE', 'points.p.title', /text/],
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
  [
    'a setting without default',
    model({ config: { s: { id: 1, type: bool() } } }),
    'MODEL_KEY_MISSING',
    'config.s.default',
    /add 'default'/,
  ],
  [
    'a default outside its range',
    model({ config: { s: loose.setting({ id: 1, type: int(0, 9), default: 10 }) } }),
    'SETTING_DEFAULT',
    'config.s.default',
    /10/,
  ],
  [
    'a default that is no label',
    model({ config: { s: loose.setting({ id: 1, type: oneOf('a'), default: 'b' }) } }),
    'SETTING_DEFAULT',
    'config.s.default',
    /'b'/,
  ],
  [
    'a default that is no bool',
    model({ config: { s: loose.setting({ id: 1, type: bool(), default: 1 }) } }),
    'SETTING_DEFAULT',
    'config.s.default',
    /1/,
  ],
  [
    'a setting id twice',
    model({
      config: {
        s: setting({ id: 1, type: bool(), default: true }),
        t: setting({ id: 1, type: bool(), default: true }),
      },
    }),
    'POINT_ID_TWICE',
    'config.t.id',
    /config\.s/,
  ],
  ['a setting that is a number', model({ config: { s: 5 } }), 'MODEL_TYPE', 'config.s', /an object/],
  [
    'a setting name with capitals',
    model({ config: { S: setting({ id: 1, type: bool(), default: true }) } }),
    'MODEL_NAME',
    'config.S',
    /lower-case/,
  ],
  ['commands that are a list', model({ commands: [] }), 'MODEL_TYPE', 'commands', /by name/],
  [
    'a command with a wrong argument',
    model({ commands: { c: loose.command({ id: 1, arguments: { x: 1 } }) } }),
    'ATTRIBUTE_TYPE',
    'commands.c.arguments.x',
    /1 is no/,
  ],
  ['rules that are an object', model({ rules: {} }), 'MODEL_TYPE', 'rules', /a list/],
  [
    'a rule on an unknown point',
    model({ rules: [{ when: 'pp', above: 1, emit: 'p' }] }),
    'RULE_POINT',
    'rules[0].when',
    /did you mean 'p'/,
  ],
  [
    'a rule that tests nothing',
    model({ points: { p: ok(), e: event({ id: 2, for: 'a' }) }, rules: [{ when: 'p', emit: 'e' }] }),
    'RULE_TEST',
    'rules[0]',
    /tests nothing/,
  ],
  [
    'a rule that emits a counter',
    model({ rules: [{ when: 'p', above: 1, emit: 'p' }] }),
    'RULE_EVENT',
    'rules[0].emit',
    /no event/,
  ],
  [
    'a rule with a bound as text',
    model({
      points: { p: ok(), e: event({ id: 2, for: 'a' }) },
      rules: [{ when: 'p', above: '1', emit: 'e' }],
    }),
    'RULE_TEST',
    'rules[0].above',
    /is a number/,
  ],
  [
    'a rule that emits an event with required attributes',
    model({
      points: { p: ok(), e: event({ id: 2, for: 'a', attributes: { x: bool() } }) },
      rules: [{ when: 'p', above: 1, emit: 'e' }],
    }),
    'RULE_EVENT',
    'rules[0].emit',
    /without attributes/,
  ],
  [
    'a rule with an unknown state',
    model({
      points: { p: state({ id: 1, for: 'a', values: ['eco'] }), e: event({ id: 2, for: 'a' }) },
      rules: [{ when: 'p', equals: 'ecco', emit: 'e' }],
    }),
    'RULE_TEST',
    'rules[0].equals',
    /did you mean 'eco'/,
  ],
  [
    'a rule with a negative time',
    model({
      points: { p: ok(), e: event({ id: 2, for: 'a' }) },
      rules: [{ when: 'p', above: 1, forMs: -1, emit: 'e' }],
    }),
    'RULE_TEST',
    'rules[0].forMs',
    /whole ms/,
  ],
  ['a rule that is text', model({ rules: ['p > 1'] }), 'MODEL_TYPE', 'rules[0]', /an object/],
];

function errorOf(build: () => unknown): ModelError {
  try {
    build();
  } catch (error) {
    return error as ModelError;
  }
  throw new Error('was accepted');
}

describe('product refuses at run time', () => {
  it.each(wrongModels)('%s', (_what, build, code, path, message) => {
    const error = errorOf(build);
    expect({ code: error.code, path: error.path }).toEqual({ code, path });
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(path + ': ')).toBe(true);
  });

  it('names every fault of a model, the first in the message', () => {
    const error = errorOf(model({ points: { p: loose.gauge({ id: 0, for: 'x', scale: 3 }) } }));
    expect(error.faults.map((fault) => fault.code)).toEqual(['POINT_PURPOSE', 'NUMBER_SCALE', 'POINT_ID']);
    expect(error.message).toMatch(/\(and 2 more\)$/);
  });
});
