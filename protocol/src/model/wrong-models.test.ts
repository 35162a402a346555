import { describe, expect, it } from 'vitest';
import { bool, event, int, oneOf, setting, state } from './index.ts';
import {
  faultsOf,
  loose,
  looseProduct,
  model,
  ok,
  purposes,
  type WrongModel,
} from './wrong-model.fixture.ts';

const wrong: WrongModel[] = [
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

describe('a model that is wrong', () => {
  it.each(wrong)('is refused: %s', (_what, build, code, path, message) => {
    const [fault] = faultsOf(build);
    expect(fault).toMatchObject({ code, path });
    expect(fault?.message).toMatch(message);
  });

  it('has all its faults told', () => {
    const faults = faultsOf(model({ points: { p: loose.gauge({ id: 0, for: 'x', scale: 3 }) } }));
    expect(faults.map((fault) => fault.code)).toEqual(['POINT_PURPOSE', 'NUMBER_SCALE', 'POINT_ID']);
  });
});
