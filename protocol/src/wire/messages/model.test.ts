import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ModelMessage } from './model.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ModelMessage, string][] = [
  [
    'a canonical description',
    { kind: Kind.model, modelHash: bytes('9372c470978d116a'), model: bytes('a0') },
    'a3000d04489372c470978d116a181941a0',
  ],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a4000d04489372c470978d116a181941a0181f00', Code.criticalLabel],
  ['a message without its fields', 'a1000d', Code.schema],
  ['a model of no bytes', 'a3000d04444489372c181940', Code.schema],
];

describe('model', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.model } as ModelMessage)).toThrow(/cannot encode/);
  });
});
