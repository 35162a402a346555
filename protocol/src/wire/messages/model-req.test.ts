import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ModelReqMessage } from './model-req.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ModelReqMessage, string][] = [
  ['by 4 bytes of the hash', { kind: Kind.modelReq, modelHash: bytes('9372c470') }, 'a2000c04449372c470'],
  [
    'by the whole hash',
    {
      kind: Kind.modelReq,
      modelHash: bytes('9372c470978d116a000102030405060708090a0b0c0d0e0f1011121314151617'),
    },
    'a2000c0458209372c470978d116a000102030405060708090a0b0c0d0e0f1011121314151617',
  ],
];

const wrong: [string, string, number][] = [
  ['a critical label that it does not have', 'a3000c04449372c470181f00', Code.criticalLabel],
  ['a message without its fields', 'a1000c', Code.schema],
  ['3 bytes of the hash', 'a2000c0443448937', Code.schema],
  [
    '33 bytes of the hash',
    'a2000c045821aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    Code.schema,
  ],
];

describe('model-req', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.modelReq } as ModelReqMessage)).toThrow(/cannot encode/);
  });
});
