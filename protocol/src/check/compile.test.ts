import { describe, expect, it } from 'vitest';
import {
  bool,
  bytes,
  counter,
  distribution,
  type Entry,
  encodeRecords,
  event,
  gauge,
  int,
  location,
  type ModelTable,
  modelTable,
  num,
  oneOf,
  optional,
  product,
  type RecordsForm,
  series,
  session,
  state,
  text,
} from '../model/index.ts';
import { Code, type DataMessage, encodeMessage } from '../wire/index.ts';
import { compileModel, materialise } from './index.ts';

const bed = product('acme.bed', 3, {
  purposes: { service: { code: 'service_provision', basis: 'contract' } },
  subjects: ['left', 'right'],
  points: {
    pressed: event({
      id: 1,
      for: 'service',
      attributes: {
        preset: oneOf('flat', 'tv'),
        angle: int(0, 60),
        note: optional(text()),
        raw: optional(bytes()),
      },
      context: ['session', 'location'],
    }),
    cycles: counter({ id: 2, for: 'service' }),
    temperature: gauge({
      id: 3,
      for: 'service',
      unit: 'Cel',
      range: [-20, 80],
      scale: 0.1,
      outside: 'keep',
      delta: true,
    }),
    light: state({ id: 4, for: 'service', values: ['off', 'dim', 'on'] }),
    sleep: session({
      id: 5,
      for: 'service',
      attributes: { score: int(0, 100), deep: bool(), breaths: num({ scale: 0.1 }) },
    }),
    heart_rate: series({ id: 60, for: 'service', range: [25, 220], periodMs: 1000 }),
    load: distribution({ id: 300, for: 'service', scale: 0.1 }),
    seen: event({ id: 301, for: 'service', attributes: { at: location() } }),
  },
});

const table: ModelTable = modelTable(bed);
const checker = compileModel(table);
const at = (name: string): number => table.points.findIndex((point) => point.name === name);

const entries: Entry[] = [
  { form: 'series', point: at('heart_rate'), atMs: 5_000, periodMs: 1000, samples: [58, 59, 59, 61, 200] },
  { form: 'series', point: at('heart_rate'), atMs: 9_000, periodMs: 5000, samples: [70] },
  {
    form: 'record',
    point: at('pressed'),
    atMs: 5_000,
    values: [1, 35, 'später', Uint8Array.of(1, 2), 7, [491234567, -81234567, 5]],
  },
  { form: 'record', point: at('pressed'), atMs: 6_000, values: [0, 0, null, null, null, null] },
  { form: 'record', point: at('cycles'), atMs: 7_000, values: [70_000] },
  { form: 'record', point: at('temperature'), atMs: 8_000, values: [366] },
  { form: 'record', point: at('temperature'), atMs: 8_000, values: [-4000] },
  { form: 'record', point: at('light'), atMs: 9_000, values: [2] },
  { form: 'record', point: at('sleep'), atMs: 10_000, values: [28_800, 81, true, 143] },
  { form: 'record', point: at('load'), atMs: 11_000, values: [[3, 25, 5, 12, -2, 1, -3, 1, 0, 1]] },
  { form: 'record', point: at('seen'), atMs: 11_000, values: [[-900000000, 1800000000]] },
  { form: 'record', point: 0, atMs: 12_000, values: [17, 0, null, 60_000] },
];

function message(list: Entry[], form: RecordsForm, more: Partial<DataMessage> = {}): Uint8Array {
  return encodeMessage({
    kind: 1,
    seq: 9,
    boot: 4,
    uptimeMs: 5_000,
    modelHash: table.hash.subarray(0, 4),
    epoch: 2,
    records: encodeRecords(table, 5_000, list, form),
    ...more,
  });
}

function refusalOf(bytes: Uint8Array): number {
  const verdict = checker.check(bytes);
  return verdict.ok ? 0 : verdict.code;
}

describe.each(['plain', 'packed'] as const)('a %s data message', (form) => {
  it('gives back every record in model units, in the order series first', () => {
    const verdict = checker.check(message(entries, form));
    if (!verdict.ok) throw new Error(verdict.detail);
    const records = materialise(table, verdict);
    expect(records.map((record) => [record.point, record.uptimeMs, record.value])).toEqual([
      ['heart_rate', 5_000, 58],
      ['heart_rate', 6_000, 59],
      ['heart_rate', 7_000, 59],
      ['heart_rate', 8_000, 61],
      ['heart_rate', 9_000, 200],
      ['heart_rate', 9_000, 70],
      ['pressed', 5_000, null],
      ['pressed', 6_000, null],
      ['cycles', 7_000, 70_000],
      ['temperature', 8_000, 36.6],
      ['temperature', 8_000, -400],
      ['light', 9_000, 'on'],
      ['sleep', 10_000, 28_800],
      [
        'load',
        11_000,
        { count: 3, sum: 2.5, min: 0.5, max: 1.2, scale: -2, zeroCount: 1, offset: -3, buckets: [1, 0, 1] },
      ],
      ['seen', 11_000, null],
      ['gap', 12_000, 17],
    ]);
    expect(records[6]!.attributes).toEqual({
      preset: 'tv',
      angle: 35,
      note: 'später',
      raw: Uint8Array.of(1, 2),
      session: 7,
      location: { lat: 49.1234567, lon: -8.1234567, accuracyM: 5 },
    });
    expect(records[7]!.attributes).toEqual({ preset: 'flat', angle: 0 });
    expect(records[12]!.attributes).toEqual({ score: 81, deep: true, breaths: 14.3 });
    expect(records[10]!.flags).toEqual(['out_of_range']);
    expect(records[15]!.attributes).toEqual({ cause: 'evicted', span_ms: 60_000 });
  });

  it('counts records without gaps, and gaps by what they lost', () => {
    const verdict = checker.check(message(entries, form));
    expect(verdict).toMatchObject({ ok: true, recordCount: 15, gapCount: 17 });
  });

  it('gives the envelope as it was', () => {
    const clock = { unixMs: 1_800_000_000_000, quality: 3, boundMs: 20 };
    const boot = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const bytes = message(entries, form, { boot, clock, subject: 2, ageMs: 70_000 });
    expect(checker.check(bytes)).toMatchObject({
      ok: true,
      seq: 9,
      boot,
      uptimeMs: 5_000,
      epoch: 2,
      clock,
      subject: 2,
      ageMs: 70_000,
    });
  });

  it('refuses a value outside its range where the model refuses them', () => {
    const wrong: Entry = { form: 'record', point: at('sleep'), atMs: 5_000, values: [1, 101, false, 0] };
    expect(refusalOf(message([wrong], form))).toBe(Code.outOfRange);
  });

  it('refuses a subject that the model does not have', () => {
    expect(refusalOf(message(entries, form, { subject: 3 }))).toBe(Code.outOfRange);
  });

  it('refuses the hash of another model', () => {
    expect(refusalOf(message(entries, form, { modelHash: new Uint8Array(4) }))).toBe(Code.unknownModel);
  });
});
