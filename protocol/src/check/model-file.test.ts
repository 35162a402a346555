import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bed } from '../model/bed.fixture.ts';
import { modelHash } from '../model/index.ts';
import { parseModelFile } from './model-file.ts';
import { toModelJson } from './model-json.ts';

type Json = Record<string, unknown>;

const file = (change: Json = {}): Json => ({
  product: 'acme.lamp',
  version: 1,
  purposes: { light: { basis: 'contract', code: 'service_provision' } },
  points: { hours: { kind: 'counter', id: 1, for: 'light', unit: 'h' } },
  ...change,
});
const point = (change: Json): Json =>
  file({ points: { p: { kind: 'gauge', id: 1, for: 'light', ...change } } });
const faultsOf = (json: unknown) => {
  const result = parseModelFile(json);
  return result.ok ? [] : result.faults;
};

describe('parseModelFile', () => {
  it('makes the model that product() would have made', () => {
    expect(parseModelFile(toModelJson(bed))).toEqual({ ok: true, model: bed });
  });

  it('keeps the hash through text and back', () => {
    const back = parseModelFile(JSON.parse(JSON.stringify(toModelJson(bed))));
    if (!back.ok) throw new Error(back.faults[0]?.message);
    expect(modelHash(back.model)).toEqual(modelHash(bed));
  });

  it('fills in defaults of points, attributes and lists', () => {
    const result = parseModelFile(
      file({ points: { e: { kind: 'event', id: 1, for: 'light', attributes: { t: { type: 'text' } } } } }),
    );
    if (!result.ok) throw new Error(result.faults[0]?.message);
    expect(result.model.points.e).toMatchObject({ sensitivity: 'personal', retentionDays: 365, context: [] });
    expect(result.model.points.e?.attributes.t).toEqual({ type: 'text', optional: false, maxBytes: 64 });
  });

  it('reads the default of a bytes setting as hex', () => {
    const config = { key: { id: 1, type: { type: 'bytes' }, default: '00ff' } };
    const result = parseModelFile(file({ config }));
    if (!result.ok) throw new Error(result.faults[0]?.message);
    expect(result.model.config.key?.default).toEqual(new Uint8Array([0, 255]));
    expect(toModelJson(result.model).config).toEqual(config);
  });

  const wrong: [string, unknown, string, string, RegExp][] = [
    ['null', null, 'MODEL_TYPE', 'model', /expected object, received null/],
    ['a list', [], 'MODEL_TYPE', 'model', /expected object, received a list/],
    ['text', 'model', 'MODEL_TYPE', 'model', /received string/],
    ['no product', file({ product: undefined }), 'MODEL_KEY_MISSING', 'product', /add 'product'/],
    [
      'a misspelt key',
      { ...file(), purposes: undefined, purpose: {} },
      'MODEL_KEY_MISSING',
      'purposes',
      /did you mean 'purposes'/,
    ],
    ['an unknown key', file({ pints: {} }), 'MODEL_KEY_UNKNOWN', 'model.pints', /did you mean 'points'/],
    [
      'a version as text',
      file({ version: '1' }),
      'MODEL_TYPE',
      'version',
      /expected number, received string/,
    ],
    ['points as a list', file({ points: [] }), 'MODEL_TYPE', 'points', /expected record, received a list/],
    ['a point as text', file({ points: { p: 'gauge' } }), 'MODEL_TYPE', 'points.p', /expected object/],
    ['a point without kind', point({ kind: undefined }), 'MODEL_KEY_MISSING', 'points.p.kind', /add 'kind'/],
    ['an unknown kind', point({ kind: 'guage' }), 'POINT_KIND', 'points.p', /did you mean 'gauge'/],
    ['a kind that every object has', point({ kind: 'constructor' }), 'POINT_KIND', 'points.p', /constructor/],
    [
      'a misspelt key of a point',
      point({ retention_days: 3 }),
      'MODEL_KEY_UNKNOWN',
      'points.p.retention_days',
      /retentionDays/,
    ],
    ['a range of three', point({ range: [1, 2, 3] }), 'MODEL_TYPE', 'points.p.range', /too big/],
    [
      'a range of words',
      point({ range: ['low', 'high'] }),
      'MODEL_TYPE',
      'points.p.range[0]',
      /expected number/,
    ],
    ['a wrong unit', point({ unit: 'celsius' }), 'NUMBER_UNIT', 'points.p.unit', /celsius/],
    [
      'an undeclared purpose',
      point({ for: 'ligth' }),
      'POINT_PURPOSE',
      'points.p.for',
      /did you mean 'light'/,
    ],
    [
      'an id twice',
      file({
        points: { p: { kind: 'event', id: 1, for: 'light' }, q: { kind: 'event', id: 1, for: 'light' } },
      }),
      'POINT_ID_TWICE',
      'points.q.id',
      /points\.p/,
    ],
    [
      'an attribute without type',
      point({ attributes: { a: {} } }),
      'MODEL_KEY_MISSING',
      'points.p.attributes.a.type',
      /add 'type'/,
    ],
    [
      'an int without range',
      point({ attributes: { a: { type: 'int' } } }),
      'NUMBER_RANGE',
      'points.p.attributes.a',
      /use num/,
    ],
    [
      'an unknown attribute type',
      point({ attributes: { a: { type: 'enumm' } } }),
      'ATTRIBUTE_TYPE',
      'points.p.attributes.a',
      /did you mean 'enum'/,
    ],
    [
      'a label that is a number',
      point({ attributes: { a: { type: 'enum', labels: [1] } } }),
      'MODEL_TYPE',
      'points.p.attributes.a.labels[0]',
      /expected string/,
    ],
    [
      'an unknown basis',
      file({ purposes: { light: { basis: 'contrakt', code: 'sale' } } }),
      'PURPOSE_BASIS',
      'purposes.light.basis',
      /did you mean 'contract'/,
    ],
    [
      'a setting with a wrong default',
      file({ config: { s: { id: 1, type: { type: 'bool' }, default: 'on' } } }),
      'SETTING_DEFAULT',
      'config.s.default',
      /'on'/,
    ],
    [
      'a setting with a list as default',
      file({ config: { s: { id: 1, type: { type: 'bool' }, default: [1] } } }),
      'MODEL_TYPE',
      'config.s.default',
      /./,
    ],
    ['a command without id', file({ commands: { c: {} } }), 'MODEL_KEY_MISSING', 'commands.c.id', /add 'id'/],
    [
      'a rule with a number for a name',
      file({ rules: [{ when: 1, emit: 'e' }] }),
      'MODEL_TYPE',
      'rules[0].when',
      /expected string/,
    ],
  ];

  it.each(wrong)('refuses %s', (_what, json, code, path, message) => {
    const fault = faultsOf(json)[0];
    expect({ code: fault?.code, path: fault?.path }).toEqual({ code, path });
    expect(fault?.message).toMatch(message);
  });

  it('lists every fault, not the first only', () => {
    expect(faultsOf(point({ unit: 'x', scale: 2, priority: 'soon' })).map((fault) => fault.code)).toEqual([
      'POINT_PRIORITY',
      'NUMBER_SCALE',
      'NUMBER_UNIT',
    ]);
  });

  it('never lets a name reach an object prototype', () => {
    const json = JSON.parse('{"__proto__": {"kind": "event", "id": 5, "for": "light"}}') as Json;
    parseModelFile(file({ points: json }));
    expect(({} as Json).kind).toBeUndefined();
  });

  it('answers any JSON with faults, never with an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(parseModelFile(json).ok).toBe(false);
        expect(faultsOf(file({ points: json })).length).toBeGreaterThan(0);
        expect(faultsOf(point({ attributes: json })).length === 0).toBe(
          typeof json === 'object' && json !== null && !Array.isArray(json) && Object.keys(json).length === 0,
        );
      }),
    );
  });
});
