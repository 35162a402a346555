import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ConsentMessage } from './consent.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ConsentMessage, string][] = [
  [
    'granted, withdrawn, refused',
    { kind: Kind.consent, epoch: 12, subject: 1, choices: { 1: 1, 2: 2, 7: 0 } },
    'a40007050c08010fa3010102020700',
  ],
  ['no purpose is granted', { kind: Kind.consent, epoch: 0, subject: 0, choices: {} }, 'a40007050008000fa0'],
  [
    'with an end and the hash of the consent record',
    {
      kind: Kind.consent,
      epoch: 13,
      subject: 255,
      choices: { 12: 1 },
      validUntilMs: 1826841600000,
      recordHash: bytes('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'),
    },
    'a60007050d0818ff0fa10c01151b000001a9583ea000165820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  ],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a50007050c08010fa3010102020700181f00', Code.criticalLabel],
  ['a message without its fields', 'a10007', Code.schema],
  ['choice 3', 'a40007050008000fa10103', Code.schema],
  ['consent without choices', 'a3000705000800', Code.schema],
  ['a record hash of 15 bytes', 'a50007050008000fa0164faaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', Code.schema],
];

describe('consent', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.consent } as ConsentMessage)).toThrow(/cannot encode/);
  });
});
