import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ChoiceMessage } from './choice.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ChoiceMessage, string][] = [
  [
    'a person withdrew on the device',
    { kind: Kind.choice, seq: 1032, boot: 417, uptimeMs: 86411495, epoch: 12, subject: 1, choices: { 7: 2 } },
    'a7000901190408021901a1031a052688e7050c08010fa10702',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a8000901190408021901a1031a052688e7050c08010fa10702181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10009', Code.schema],
  ['a choice of nothing', 'a70009010002000300050008000fa0', Code.schema],
];

describe('choice', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.choice } as ChoiceMessage)).toThrow(/cannot encode/);
  });
});
