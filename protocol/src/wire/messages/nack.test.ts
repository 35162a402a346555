import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { NackMessage } from './nack.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, NackMessage, string][] = [
  [
    'consent-stale for one message',
    { kind: Kind.nack, seq: 1032, boot: 417, code: 12 },
    'a4000501190408021901a1120c',
  ],
  [
    'overloaded: try again after 30 s',
    { kind: Kind.nack, seq: 7, boot: 1, code: 16, retryAfterMs: 30000, detail: 'disk nearly full' },
    'a600050107020112101319753014706469736b206e6561726c792066756c6c',
  ],
  ['bytes whose seq could not be read', { kind: Kind.nack, code: 1 }, 'a200051201'],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a5000501190408021901a1120c181f00', Code.criticalLabel],
  ['a message without its fields', 'a10005', Code.schema],
  ['code 0', 'a200051200', Code.schema],
  ['code 19', 'a200051213', Code.schema],
  [
    'a detail of 65 bytes',
    'a3000512011478416161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161616161',
    Code.schema,
  ],
];

describe('nack', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.nack } as NackMessage)).toThrow(/cannot encode/);
  });
});
