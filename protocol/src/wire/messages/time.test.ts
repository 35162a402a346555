import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { TimeMessage } from './time.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, TimeMessage, string][] = [
  [
    'the time and its quality',
    { kind: Kind.time, clock: { unixMs: 1795305600000, quality: 4 } },
    'a2000606821b000001a2008d740004',
  ],
  [
    'good to 20 ms',
    { kind: Kind.time, clock: { unixMs: 1795312345678, quality: 3, boundMs: 20 } },
    'a2000606831b000001a200f4624e0314',
  ],
  [
    "an answer to a device's nonce, good to 20 ms",
    {
      kind: Kind.time,
      clock: { unixMs: 1800000005966, quality: 3, boundMs: 20 },
      nonce: bytes('00112233445566778899aabbccddeeff'),
    },
    'a3000606831b000001a3185c674e03140c5000112233445566778899aabbccddeeff',
  ],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a3000606821b000001a2008d740004181f00', Code.criticalLabel],
  ['a message without its fields', 'a10006', Code.schema],
  [
    'a nonce of 65 bytes',
    'a30006068200000c5841aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    Code.schema,
  ],
];

describe('time', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.time } as TimeMessage)).toThrow(/cannot encode/);
  });
});
