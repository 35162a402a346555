import { describe, expect, it } from 'vitest';
import { compileCddl } from '../../tools/cddl/index.ts';
import { bed } from '../model/bed.fixture.ts';
import { type Entry, encodeRecords, modelTable, type RawValue } from '../model/index.ts';
import { encodeMessage } from '../wire/index.ts';
import { toCddl } from './cddl.ts';

const text = toCddl(bed);
const check = compileCddl(text);
const table = modelTable(bed);
const indexOf = (name: string) => table.points.findIndex((point) => point.name === name);
const record = (name: string, values: RawValue[]): Entry => ({
  form: 'record',
  point: indexOf(name),
  atMs: 1000,
  values,
});

function message(records: Uint8Array): Uint8Array {
  return encodeMessage({
    kind: 1,
    seq: 3,
    boot: 7,
    uptimeMs: 1000,
    modelHash: table.hash.subarray(0, 4),
    epoch: 2,
    records,
  });
}

const accepts = (...entries: Entry[]) => check('data', message(encodeRecords(table, 1000, entries, 'plain')));

describe('toCddl', () => {
  it('equals the golden file', async () => {
    await expect(text).toMatchFileSnapshot('golden/bed.cddl.golden');
  });

  const right: [string, Entry][] = [
    ['a gap', record('gap', [3, 0, 12, null])],
    [
      'a series',
      { form: 'series', point: indexOf('heart_rate'), atMs: 1000, periodMs: 1000, samples: [60, 61, 300] },
    ],
    ['an event with all fields', record('position_changed', [1, 30, 0, 4, [1, 2, 3], 1, 0])],
    ['an event with the required ones', record('position_changed', [2, 60, null, null, null, null, null])],
    [
      'text, bytes, location, bool, a number kept outside',
      record('note', ['hi', new Uint8Array(3), [1, 2], true, 9999]),
    ],
    ['a counter', record('lift_cycles', [17])],
    ['a histogram', record('motor_temp', [[2, 80, 39, 41, 3, 0, 5, 1, 1]])],
    ['a state', record('mode', [1])],
    ['a gauge', record('temperature', [-400])],
    ['a session', record('sleep', [28_800, 81, null, 0])],
    ['an event without fields', record('overheat', [])],
  ];
  it.each(right)('describes %s', (_what, entry) => expect(accepts(entry)).toBe(true));

  it('describes records in columns, and packed', () => {
    const entries = Array.from({ length: 30 }, (_, i) => record('lift_cycles', [i]));
    expect(accepts(...entries)).toBe(true);
    expect(check('data', message(encodeRecords(table, 1000, entries, 'packed')))).toBe(true);
  });

  const wrong: [string, string][] = [
    ['an unknown point', '81 82 18 63 00'],
    ['a counter without value', '81 82 04 00'],
    ['a negative counter', '81 83 04 00 20'],
    ['a state beyond the last label', '81 83 06 00 02'],
    ['a gauge below its range', '81 83 07 00 39 01 90'],
    ['an event with a value', '81 83 09 00 01'],
    ['an event without its attributes', '81 82 02 00'],
    ['an angle above its range', '81 84 02 00 f6 a2 00 01 01 18 3d'],
    ['an attribute that is not declared', '81 84 02 00 f6 a3 00 01 01 18 3c 03 00'],
    ['text that is too long', `81 84 03 00 f6 a1 00 78 29 ${'61'.repeat(41)}`],
    ['a gap of nothing', '81 84 00 00 00 a1 00 00'],
    ['a gap without cause', '81 83 00 00 01'],
    ['a series of nothing', '81 83 01 00 80'],
    ['columns of a series', '81 84 81 01 00 81 00 81 00'],
  ];
  it.each(wrong)('refuses %s', (_what, hex) => {
    const records = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(check('data', message(records))).toBe(false);
  });

  it('refuses a subject that the model does not have', () => {
    const sent = (subject: number) =>
      check(
        'data',
        encodeMessage({
          kind: 1,
          seq: 0,
          boot: 1,
          uptimeMs: 0,
          modelHash: new Uint8Array(4),
          epoch: 0,
          subject,
          records: new Uint8Array([0x81, 0x82, 9, 0]),
        }),
      );
    expect([sent(2), sent(3)]).toEqual([true, false]);
  });
});
