import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { EraseMessage } from './erase.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, EraseMessage, string][] = [
  [
    'everything of subject 2',
    { kind: Kind.erase, subject: 2, requestId: bytes('000102030405060708090a0b0c0d0e0f') },
    'a3000e0802181a50000102030405060708090a0b0c0d0e0f',
  ],
  [
    'one day of nobody in particular',
    {
      kind: Kind.erase,
      subject: 0,
      requestId: bytes('000102030405060708090a0b0c0d0e0f'),
      range: [1795305600000, 1795391999999],
    },
    'a4000e0800181a50000102030405060708090a0b0c0d0e0f181b821b000001a2008d74001b000001a205b3cfff',
  ],
  [
    'a range of one millisecond',
    { kind: Kind.erase, subject: 0, requestId: bytes('000102030405060708090a0b0c0d0e0f'), range: [5, 5] },
    'a4000e0800181a50000102030405060708090a0b0c0d0e0f181b820505',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a4000e0802181a50000102030405060708090a0b0c0d0e0f181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a1000e', Code.schema],
  ['a request id of 15 bytes', 'a3000e0800181a4faaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', Code.schema],
  [
    'a range that ends before it starts',
    'a4000e0800181a50000102030405060708090a0b0c0d0e0f181b820504',
    Code.schema,
  ],
];

describe('erase', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.erase } as EraseMessage)).toThrow(/cannot encode/);
  });
});
