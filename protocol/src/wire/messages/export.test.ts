import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ExportMessage } from './export.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ExportMessage, string][] = [
  [
    'the first of several parts',
    {
      kind: Kind.export,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470'),
      records: bytes('8184010001a201020201'),
      requestId: bytes('000102030405060708090a0b0c0d0e0f'),
      part: 0,
      last: false,
    },
    'a9001101190408021901a1031a052688e704449372c470078184010001a201020201181a50000102030405060708090a0b0c0d0e0f181d00181ef4',
  ],
  [
    'nothing to export: one part without records',
    {
      kind: Kind.export,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470'),
      records: bytes('80'),
      requestId: bytes('000102030405060708090a0b0c0d0e0f'),
      part: 0,
      last: true,
    },
    'a9001101190408021901a1031a052688e704449372c4700780181a50000102030405060708090a0b0c0d0e0f181d00181ef5',
  ],
  [
    'the same in packed form',
    {
      kind: Kind.export,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470'),
      records: bytes('40'),
      requestId: bytes('000102030405060708090a0b0c0d0e0f'),
      part: 4294967295,
      last: true,
    },
    'a9001101190408021901a1031a052688e704449372c4700740181a50000102030405060708090a0b0c0d0e0f181d1affffffff181ef5',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'aa001101190408021901a1031a052688e704449372c470078184010001a201020201181a50000102030405060708090a0b0c0d0e0f181d00181ef4181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10011', Code.schema],
  [
    '1 where a bool is',
    'a9001101000200030004444489372c0780181a50000102030405060708090a0b0c0d0e0f181d00181e01',
    Code.schema,
  ],
];

describe('export', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.export } as ExportMessage)).toThrow(/cannot encode/);
  });
});
