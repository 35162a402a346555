import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { EraseReqMessage } from './erase-req.ts';

const bytes = (hex: string) => fromHex(hex)!;
const head = { seq: 1032, boot: 417, uptimeMs: 86411495 };
const requestId = bytes('000102030405060708090a0b0c0d0e0f');

const right: [string, EraseReqMessage, string][] = [
  [
    'everybody, everything',
    { kind: Kind.eraseReq, ...head, requestId },
    'a5001201190408021901a1031a052688e7181a50000102030405060708090a0b0c0d0e0f',
  ],
  [
    'everything of subject 2',
    { kind: Kind.eraseReq, ...head, subject: 2, requestId },
    'a6001201190408021901a1031a052688e70802181a50000102030405060708090a0b0c0d0e0f',
  ],
  [
    'one day of subject 1',
    { kind: Kind.eraseReq, ...head, subject: 1, requestId, range: [1795305600000, 1795391999999] },
    'a7001201190408021901a1031a052688e70801181a50000102030405060708090a0b0c0d0e0f181b821b000001a2008d74001b000001a205b3cfff',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a700120100020003000802181a50000102030405060708090a0b0c0d0e0f181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10012', Code.schema],
  ['a request without an id', 'a500120100020003000802', Code.schema],
  ['a request id of 15 bytes', 'a600120100020003000802181a4faaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', Code.schema],
  [
    'a range that ends before it starts',
    'a700120100020003000802181a50000102030405060708090a0b0c0d0e0f181b820504',
    Code.schema,
  ],
];

describe('erase-req', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.eraseReq } as EraseReqMessage)).toThrow(/cannot encode/);
  });
});
