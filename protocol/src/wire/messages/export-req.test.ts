import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ExportReqMessage } from './export-req.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ExportReqMessage, string][] = [
  [
    'everything the device holds',
    { kind: Kind.exportReq, requestId: bytes('000102030405060708090a0b0c0d0e0f') },
    'a20010181a50000102030405060708090a0b0c0d0e0f',
  ],
  [
    'one day',
    { kind: Kind.exportReq, requestId: bytes('000102030405060708090a0b0c0d0e0f'), range: [0, 86399999] },
    'a30010181a50000102030405060708090a0b0c0d0e0f181b82001a05265bff',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a30010181a50000102030405060708090a0b0c0d0e0f181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10010', Code.schema],
  ['export-req without a request id', 'a10010', Code.schema],
];

describe('export-req', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.exportReq } as ExportReqMessage)).toThrow(/cannot encode/);
  });
});
