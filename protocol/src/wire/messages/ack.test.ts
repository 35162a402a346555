import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { AckMessage } from './ack.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, AckMessage, string][] = [
  ['nothing of this boot is stored yet', { kind: Kind.ack, boot: 0, nextSeq: 0 }, 'a3000402001000'],
  ['everything below 1033 is stored', { kind: Kind.ack, boot: 417, nextSeq: 1033 }, 'a30004021901a110190409'],
  [
    'below 5, 7 to 9, and 11 are stored',
    {
      kind: Kind.ack,
      boot: 417,
      nextSeq: 5,
      ranges: [
        [7, 9],
        [11, 11],
      ],
    },
    'a40004021901a110051182820709820b0b',
  ],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a4000402001000181f00', Code.criticalLabel],
  ['a message without its fields', 'a10004', Code.schema],
  ['an empty list of ranges', 'a40004020010001180', Code.schema],
  ['a range of one item', 'a400040200100011818105', Code.schema],
  ['a range that ends before it starts', 'a40004020010001181820907', Code.schema],
  ['a range that touches label 16', 'a40004020010001181820007', Code.schema],
  ['ranges that touch each other', 'a40004020010001182820203820405', Code.schema],
  ['ranges that fall', 'a40004020010001182820809820203', Code.schema],
];

describe('ack', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.ack } as AckMessage)).toThrow(/cannot encode/);
  });
});
