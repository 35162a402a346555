import { describe, expect, it } from 'vitest';
import {
  bool,
  bytes,
  counter,
  distribution,
  encodeRecords,
  event,
  gauge,
  int,
  location,
  modelTable,
  oneOf,
  optional,
  product,
  series,
  state,
  text,
} from '../model/index.ts';
import { type CodeName, codeName, encodeMessage, fromHex, limits, toHex, Writer } from '../wire/index.ts';
import { compileModel, materialise } from './index.ts';

const table = modelTable(
  product('acme.lamp', 1, {
    purposes: { service: { code: 'service_provision', basis: 'contract' } },
    subjects: ['left'],
    points: {
      pressed: event({
        id: 1,
        for: 'service',
        attributes: { level: int(0, 100), by: optional(oneOf('hand', 'app')) },
      }),
      warmth: gauge({ id: 2, for: 'service', range: [-20, 80], outside: 'keep' }),
      power: series({ id: 3, for: 'service', periodMs: 1000, range: [0, 60] }),
      light: state({ id: 4, for: 'service', values: ['off', 'on'] }),
      load: distribution({ id: 5, for: 'service' }),
      seen: event({ id: 6, for: 'service', attributes: { at: location(), warm: optional(bool()) } }),
      note: event({
        id: 7,
        for: 'service',
        attributes: { words: text({ maxBytes: 4 }), raw: optional(bytes({ maxBytes: 2 })) },
      }),
    },
  }),
);
const checker = compileModel(table);

const messageOf = (records: string): Uint8Array =>
  encodeMessage({
    kind: 1,
    seq: 1,
    boot: 1,
    uptimeMs: 1000,
    modelHash: table.hash.subarray(0, 4),
    epoch: 0,
    records: fromHex(records.replaceAll(' ', ''))!,
  });

function answer(records: string): string {
  const verdict = checker.check(messageOf(records));
  return verdict.ok ? 'accepted' : codeName(verdict.code);
}

const refused: [what: string, records: string, code: CodeName][] = [
  ['an entry that is no array', '81 01', 'schema'],
  ['an entry of one item', '81 81 01', 'schema'],
  ['an entry of five items', '81 85 02 00 01 a1 00 01 00', 'schema'],
  ['a point that the model does not have', '81 83 08 00 01', 'schema'],
  ['a point beyond all ids', '81 83 19 ffff 00 01', 'schema'],
  ['a point that is no integer', '81 83 61 61 00 01', 'schema'],
  ['a time below 0', '81 83 02 20 01', 'schema'],
  ['a time beyond 2^53 - 1', '82 83 02 1b 001ffffffffffc17 01 83 02 01 01', 'outOfRange'],
  ['a required value that is missing', '81 82 02 00', 'schema'],
  ['a required value that is null', '81 83 02 00 f6', 'schema'],
  ['a value where the kind has none', '81 84 01 00 05 a1 00 07', 'schema'],
  ['a value of another type', '81 83 02 00 f5', 'schema'],
  ['a float', '81 83 02 00 f9 3c00', 'schema'],
  ['a required attribute that is missing', '81 82 01 00', 'schema'],
  ['a required attribute that is missing beside others', '81 84 01 00 f6 a1 01 00', 'schema'],
  ['an empty tail', '81 84 02 00 01 a0', 'schema'],
  ['attributes where the point has none', '81 84 02 00 01 a1 00 01', 'schema'],
  ['attributes that are no map', '81 84 01 00 f6 81 01', 'schema'],
  ['an attribute that the point does not have', '81 84 01 00 f6 a2 00 01 02 01', 'schema'],
  ['an attribute that is null', '81 84 01 00 f6 a2 00 01 01 f6', 'schema'],
  ['attributes out of order', '81 84 01 00 f6 a2 01 00 00 01', 'notDeterministic'],
  ['an attribute twice', '81 84 01 00 f6 a2 00 01 00 01', 'malformed'],
  ['a number outside its range', '81 84 01 00 f6 a1 00 18 65', 'outOfRange'],
  ['a number in a longer form', '81 84 01 00 f6 a1 00 18 07', 'notDeterministic'],
  ['an enum without such a label', '81 83 04 00 02', 'outOfRange'],
  ['a sample outside its range', '81 83 03 00 82 18 3c 01', 'outOfRange'],
  ['a series without samples', '81 83 03 00 80', 'schema'],
  ['a series of two items', '81 82 03 00', 'schema'],
  ['a series that repeats the period of the model', '81 84 03 00 81 01 19 03e8', 'notDeterministic'],
  ['a series with a period of 0', '81 84 03 00 81 01 00', 'outOfRange'],
  ['a typed array of floats', '81 83 03 00 d8 55 44 00000000', 'schema'],
  ['a typed array that ends inside an element', '81 83 03 00 d8 45 43 000000', 'schema'],
  ['an empty typed array', '81 83 03 00 d8 40 40', 'schema'],
  ['bytes without a tag as samples', '81 83 03 00 41 01', 'schema'],
  ['a series among columns', '81 84 81 03 00 81 00 81 01', 'schema'],
  ['columns of three items', '81 83 81 02 00 81 00', 'schema'],
  ['empty columns', '81 84 80 00 80 80', 'schema'],
  ['columns with a tick that is not known', '81 84 81 02 06 81 00 81 01', 'schema'],
  ['columns with too few times', '81 84 82 02 02 00 81 00 82 01 02', 'schema'],
  ['columns with times that have a sign', '81 84 81 02 00 d8 48 41 01 81 01', 'schema'],
  ['columns with too many values', '81 84 81 02 00 81 00 82 01 02', 'schema'],
  ['columns with a null for a required field', '81 84 81 02 00 81 00 81 f6', 'schema'],
  ['a histogram of six numbers', '81 83 05 00 86 01 01 01 01 00 00', 'schema'],
  ['a histogram with a count below 0', '81 83 05 00 87 20 01 01 01 00 00 00', 'outOfRange'],
  ['a histogram whose least is above its greatest', '81 83 05 00 87 01 01 02 01 00 00 00', 'outOfRange'],
  ['a histogram with a bucket below 0', '81 83 05 00 88 01 01 01 01 00 00 00 20', 'outOfRange'],
  ['a location of one number', '81 84 06 00 f6 a1 00 81 01', 'schema'],
  ['a latitude beyond the pole', '81 84 06 00 f6 a1 00 82 1a 35a4e901 00', 'outOfRange'],
  ['a longitude beyond 180 degrees', '81 84 06 00 f6 a1 00 82 00 3a 6b49d200', 'outOfRange'],
  ['an accuracy below 0', '81 84 06 00 f6 a1 00 83 00 00 20', 'outOfRange'],
  ['a bool that is a number', '81 84 06 00 f6 a2 00 82 00 00 01 01', 'schema'],
  ['text that is too long', '81 84 07 00 f6 a1 00 65 6161616161', 'outOfRange'],
  ['text that is no UTF-8', '81 84 07 00 f6 a1 00 62 c328', 'malformed'],
  ['bytes that are too long', '81 84 07 00 f6 a2 00 60 01 43 000000', 'outOfRange'],
  ['a gap that counts nothing', '81 84 00 00 00 a1 00 00', 'outOfRange'],
  ['a gap without a cause', '81 83 00 00 05', 'schema'],
];

describe('records of a data message', () => {
  it.each(refused)('are refused with %s: %s is %s', (_, records, code) => {
    expect(answer(records)).toBe(code);
  });

  it.each([
    ['a value that is kept and flagged', '81 83 02 00 18 ff'],
    ['all attributes', '81 84 01 00 f6 a2 00 07 01 01'],
    ['rows around a series and columns', '84 83 02 00 01 83 03 00 81 01 84 81 02 00 81 00 81 01 83 02 00 01'],
  ])('are accepted with %s', (_, records) => {
    expect(answer(records)).toBe('accepted');
  });

  it('are refused as too large above 65,536 of them, without room made for more', () => {
    const out = new Writer(limits.maxMessageBytes);
    const zeros = new Uint8Array(40_000);
    out.arrayHead(2);
    for (let i = 0; i < 2; i++) {
      out.raw(fromHex('830300d840')!);
      out.bytes(zeros);
    }
    expect(answer(toHex(out.finish()))).toBe('tooLarge');
  });

  it('tell where the first offence stands', () => {
    const bytes = messageOf('82 83 02 00 01 84 01 00 f6 a1 00 18 65');
    expect(checker.check(bytes)).toMatchObject({ ok: false, offset: bytes.length - 2 });
  });
});

describe('the checker', () => {
  it('is not disturbed by what it refused before', () => {
    const good = messageOf('81 83 02 00 01');
    expect(checker.check(messageOf('81 83 08 00 01')).ok).toBe(false);
    expect(checker.check(good)).toMatchObject({ ok: true, recordCount: 1, columns: { count: 1 } });
  });

  it('refuses a message of another kind', () => {
    const hello = encodeMessage({
      kind: 0,
      seq: 1,
      boot: 1,
      uptimeMs: 1,
      modelHash: table.hash.subarray(0, 8),
    });
    expect(checker.check(hello)).toMatchObject({ ok: false });
  });

  it('walks elective labels that hold more than an integer', () => {
    const data = {
      kind: 1,
      seq: 1,
      boot: 1,
      uptimeMs: 1,
      modelHash: table.hash.subarray(0, 4),
      epoch: 0,
    } as const;
    const records = fromHex('8183020001')!;
    const odd = encodeMessage({ ...data, records, elective: [{ label: -9, item: fromHex('8101')! }] });
    expect(checker.check(odd).ok).toBe(true);
    // 0x81 -> 0x9f: an indefinite length inside the elective label.
    odd[odd.length - 2] = 0x9f;
    expect(checker.check(odd).ok).toBe(false);
  });
});

describe('packed numbers near 2^53', () => {
  const wide = modelTable(
    product('acme.meter', 1, {
      purposes: { service: { code: 'service_provision', basis: 'contract' } },
      points: { total: counter({ id: 1, for: 'service' }) },
    }),
  );

  it.each([2 ** 52 - 2, 2 ** 52, 2 ** 53 - 20, 2 ** 53 - 2])('%d goes through the packed form', (value) => {
    const entry = { form: 'record' as const, point: 1, atMs: 1000, values: [value] };
    const head = { kind: 1 as const, seq: 1, boot: 1, uptimeMs: 1000, epoch: 0 };
    const records = encodeRecords(wide, 1000, [entry], 'packed');
    const verdict = compileModel(wide).check(
      encodeMessage({ ...head, modelHash: wide.hash.subarray(0, 4), records }),
    );
    expect(verdict.ok && materialise(wide, verdict)[0]?.value).toBe(value);
  });
});
