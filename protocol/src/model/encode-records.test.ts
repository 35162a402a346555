import { describe, expect, it } from 'vitest';
import { toHex, Writer } from '../wire/index.ts';
import {
  type Entry,
  earliestMs,
  encodeRecords,
  event,
  gauge,
  int,
  modelTable,
  num,
  oneOf,
  optional,
  product,
  type RecordEntry,
  rowSize,
  series,
  text,
  writeRow,
} from './index.ts';

const table = modelTable(
  product('acme.lamp', 1, {
    purposes: { service: { code: 'service_provision', basis: 'contract' } },
    points: {
      pressed: event({
        id: 1,
        for: 'service',
        attributes: { level: int(0, 100), by: optional(oneOf('hand', 'app')) },
      }),
      warmth: gauge({ id: 2, for: 'service', range: [-20, 80], scale: 0.1, outside: 'keep', delta: true }),
      power: series({ id: 3, for: 'service', periodMs: 1000, outside: 'keep', range: [0, 60] }),
      note: event({ id: 40, for: 'service', attributes: { words: text(), any: optional(num()) } }),
    },
  }),
);

const pressed = (atMs: number, ...values: (number | null)[]): Entry => ({
  form: 'record',
  point: 1,
  atMs,
  values,
});
const warmth = (atMs: number, value: number): Entry => ({ form: 'record', point: 2, atMs, values: [value] });
const power = (atMs: number, samples: number[], periodMs = 1000): Entry => ({
  form: 'series',
  point: 3,
  atMs,
  periodMs,
  samples,
});
const hex = (entries: Entry[], form: 'plain' | 'packed' = 'plain', baseMs = 1000): string =>
  toHex(encodeRecords(table, baseMs, entries, form));

describe('plain records', () => {
  it.each([
    ['a row with its attributes', [pressed(1000, 7, null)], '81 84 01 00 f6 a1 00 07'],
    ['a row with a value and no attributes', [warmth(1010, -5)], '81 83 02 0a 24'],
    [
      'a row without anything',
      [{ form: 'record', point: 4, atMs: 1000, values: [null, null] }],
      '81 82 18 28 00',
    ],
    ['two rows, each since the one before', [warmth(1010, 1), warmth(1013, 2)], '82 83 02 0a 01 83 02 03 02'],
    ['a series as differences', [power(1500, [30, 31, 29])], '81 83 03 19 01f4 83 18 1e 01 21'],
    ['a series with a period of its own', [power(1000, [5], 250)], '81 84 03 00 81 05 18 fa'],
    [
      'a wild series as a typed array of the values themselves',
      [power(1000, [0, 250, 0, 250, 0, 250])],
      '81 83 03 00 d8 40 46 00fa00fa00fa',
    ],
    [
      'three records as columns in the largest tick',
      [pressed(2000, 1, 0), warmth(4000, 2), warmth(7000, 3)],
      '81 84 83 01 02 02 03 83 01 02 03 84 01 00 02 03',
    ],
    [
      'series before records, and records by time',
      [warmth(1010, 1), power(1000, [4]), warmth(1000, 2)],
      '83 83 03 00 81 04 83 02 00 02 83 02 0a 01',
    ],
  ] as [string, Entry[], string][])('write %s', (_, entries, bytes) => {
    expect(hex(entries)).toBe(bytes.replaceAll(' ', ''));
  });

  it('cut a series where a difference is beyond what an integer carries', () => {
    const far = Number.MAX_SAFE_INTEGER;
    expect(hex([power(1000, [-far, far])])).toBe(
      '8283030081' + '3b001ffffffffffffe' + '8303' + '1903e8' + '81' + '1b001fffffffffffff',
    );
  });
});

describe('packed records', () => {
  it('write a tick, series and records as one bit stream', () => {
    // tick 3 = 011; no series = 1; one record = EG(4) of 1; point 001; RICE of 1 with k 4; level 7 bits; presence bit.
    const bits = '011' + '1' + '10001' + '001' + '0' + '0001' + '0000111' + '0';
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g)!;
    const body = bytes.map((byte) => Number.parseInt(byte, 2).toString(16).padStart(2, '0')).join('');
    expect(hex([pressed(2000, 7, null)], 'packed')).toBe(`4${bytes.length}${body}`);
  });

  it('fall back to the plain form for a value that has no packed code', () => {
    const entries = [warmth(1000, 2 ** 52)];
    expect(hex(entries, 'packed')).toBe(hex(entries, 'plain'));
  });

  it('keep a value outside a range behind an escape', () => {
    expect(hex([warmth(1000, 900)], 'packed')).not.toBe(hex([warmth(1000, 900)], 'plain'));
  });
});

describe('a row written when its record happens', () => {
  const out = new Writer(200);

  it.each([
    [1000, null],
    [70_000, 1],
  ])('has the size that rowSize tells', (dtMs, by) => {
    const entry = pressed(1000, 55, by) as RecordEntry;
    out.reset();
    writeRow(out, table, dtMs, entry);
    expect(rowSize(table, dtMs, entry)).toBe(out.length);
  });
});

describe('the base of a message', () => {
  it('is the time of the earliest entry', () => {
    expect(earliestMs([warmth(30, 1), power(20, [1]), warmth(40, 1)])).toBe(20);
  });

  it('may not lie after an entry', () => {
    expect(() => encodeRecords(table, 1000, [warmth(999, 1)], 'plain')).toThrow(/before the base/);
  });
});
