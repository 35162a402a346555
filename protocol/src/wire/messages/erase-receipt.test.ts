import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { EraseReceiptMessage } from './erase-receipt.ts';

const bytes = (hex: string) => fromHex(hex)!;
const requestId = bytes('000102030405060708090a0b0c0d0e0f');

const right: [string, EraseReceiptMessage, string][] = [
  [
    'nothing was left to erase',
    { kind: Kind.eraseReceipt, requestId, count: 0 },
    'a30013181a50000102030405060708090a0b0c0d0e0f181c00',
  ],
  [
    'when the last place answered, and what the first one says',
    {
      kind: Kind.eraseReceipt,
      state: { 0: 1795305612345, 1: 'gateway: 640' },
      requestId,
      count: 640,
    },
    'a400130da2001b000001a2008da439016c676174657761793a20363430181a50000102030405060708090a0b0c0d0e0f181c190280',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a40013181a50000102030405060708090a0b0c0d0e0f181c00181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10013', Code.schema],
  ['an empty list of places', 'a400130da0181a50000102030405060708090a0b0c0d0e0f181c00', Code.schema],
  ['a place that says null', 'a400130da100f6181a50000102030405060708090a0b0c0d0e0f181c00', Code.schema],
  ['a count of -1', 'a30013181a50000102030405060708090a0b0c0d0e0f181c20', Code.schema],
];

describe('erase-receipt', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.eraseReceipt } as EraseReceiptMessage)).toThrow(/cannot encode/);
  });
});
