import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { EraseAckMessage } from './erase-ack.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, EraseAckMessage, string][] = [
  [
    '1,440 records are gone',
    {
      kind: Kind.eraseAck,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      requestId: bytes('000102030405060708090a0b0c0d0e0f'),
      count: 1440,
    },
    'a6000f01190408021901a1031a052688e7181a50000102030405060708090a0b0c0d0e0f181c1905a0',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a7000f01190408021901a1031a052688e7181a50000102030405060708090a0b0c0d0e0f181c1905a0181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a1000f', Code.schema],
  ['a count of -1', 'a6000f010002000300181a50000102030405060708090a0b0c0d0e0f181c20', Code.schema],
];

describe('erase-ack', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.eraseAck } as EraseAckMessage)).toThrow(/cannot encode/);
  });
});
