import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ConsentAckMessage } from './consent-ack.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ConsentAckMessage, string][] = [
  [
    'the device acts on epoch 12',
    { kind: Kind.consentAck, seq: 1032, boot: 417, uptimeMs: 86411495, epoch: 12, subject: 1 },
    'a6000801190408021901a1031a052688e7050c0801',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a7000801190408021901a1031a052688e7050c0801181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10008', Code.schema],
  ['consent-ack without a subject', 'a500080100020003000500', Code.schema],
];

describe('consent-ack', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.consentAck } as ConsentAckMessage)).toThrow(/cannot encode/);
  });
});
