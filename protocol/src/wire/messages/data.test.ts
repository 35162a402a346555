import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { DataMessage } from './data.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, DataMessage, string][] = [
  [
    'one event with two attributes, of subject 1, 850 ms old',
    {
      kind: Kind.data,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470'),
      epoch: 12,
      records: bytes('8184010001a201020201'),
      subject: 1,
      ageMs: 850,
    },
    'a9000101190408021901a1031a052688e704449372c470050c078184010001a201020201080109190352',
  ],
  [
    'the smallest data message',
    {
      kind: Kind.data,
      seq: 0,
      boot: 0,
      uptimeMs: 0,
      modelHash: bytes('9372c470'),
      epoch: 0,
      records: bytes('81820100'),
    },
    'a7000101000200030004449372c47005000781820100',
  ],
  [
    'packed records are one byte string',
    {
      kind: Kind.data,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470'),
      epoch: 12,
      records: bytes('43a1b2c0'),
    },
    'a7000101190408021901a1031a052688e704449372c470050c0743a1b2c0',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'aa000101190408021901a1031a052688e704449372c470050c078184010001a201020201080109190352181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10001', Code.schema],
  ['data with 8 bytes of the hash', 'a700010100020003000448aaaaaaaaaaaaaaaa05000781820100', Code.schema],
  ['an empty array of records', 'a7000101000200030004444489372c05000780', Code.schema],
  ['an empty byte string of records', 'a7000101000200030004444489372c05000740', Code.schema],
  ['records in a map', 'a7000101000200030004444489372c050007a10000', Code.schema],
  ['records in a tag', 'a7000101000200030004444489372c050007c181820100', Code.schema],
  [
    'a long integer inside the records',
    'a7000101000200030004444489372c0500078182180100',
    Code.notDeterministic,
  ],
  ['undefined inside the records', 'a7000101000200030004444489372c05000781830100f7', Code.malformed],
  ['subject 256', 'a8000101000200030004444489372c0500078182010008190100', Code.schema],
];

describe('data', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.data } as DataMessage)).toThrow(/cannot encode/);
  });
});
