import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ByeMessage } from './bye.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ByeMessage, string][] = [
  [
    'a clean end',
    { kind: Kind.bye, seq: 1032, boot: 417, uptimeMs: 86411495, reason: 0 },
    'a5000301190408021901a1031a052688e70e00',
  ],
  [
    'the will',
    { kind: Kind.bye, seq: 1032, boot: 417, uptimeMs: 86411495, reason: 9 },
    'a5000301190408021901a1031a052688e70e09',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a6000301190408021901a1031a052688e70e00181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10003', Code.schema],
  ['reason 10', 'a500030100020003000e0a', Code.schema],
];

describe('bye', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.bye } as ByeMessage)).toThrow(/cannot encode/);
  });
});
