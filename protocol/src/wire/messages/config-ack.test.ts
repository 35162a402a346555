import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ConfigAckMessage } from './config-ack.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ConfigAckMessage, string][] = [
  [
    'the device runs configuration 3',
    { kind: Kind.configAck, seq: 1032, boot: 417, uptimeMs: 86411495, configId: 3 },
    'a5000b01190408021901a1031a052688e71703',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a6000b01190408021901a1031a052688e71703181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a1000b', Code.schema],
  ['config-ack without an id', 'a4000b010002000300', Code.schema],
];

describe('config-ack', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.configAck } as ConfigAckMessage)).toThrow(/cannot encode/);
  });
});
