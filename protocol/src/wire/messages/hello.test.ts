import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { HelloMessage } from './hello.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, HelloMessage, string][] = [
  [
    'a known device comes back: hash only',
    { kind: Kind.hello, seq: 1032, boot: 417, uptimeMs: 86411495, modelHash: bytes('9372c470978d116a') },
    'a5000001190408021901a1031a052688e704489372c470978d116a',
  ],
  [
    'the first hello of a boot says what the board is',
    {
      kind: Kind.hello,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      modelHash: bytes('9372c470978d116a'),
      hardware: { hw: 'brewer7', sw: '1.4.2', reset: 1 },
      levels: [0, 1],
    },
    'a7000001190408021901a1031a052688e704489372c470978d116a0a83676272657765723765312e342e32010b820001',
  ],
  [
    'the same with the battery as an elective label',
    {
      kind: Kind.hello,
      seq: 0,
      boot: 417,
      uptimeMs: 912,
      modelHash: bytes('9372c470978d116a'),
      hardware: { hw: 'brewer7', sw: '1.4.2', reset: 1 },
      levels: [1, 4],
      elective: [{ label: -1, item: bytes('1857') }],
    },
    'a800000100021901a10319039004489372c470978d116a0a83676272657765723765312e342e32010b820104201857',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a6000001190408021901a1031a052688e704489372c470978d116a181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10000', Code.schema],
  ['hello with 4 bytes of the hash', 'a5000001000200030004444489372c', Code.schema],
  ['hello with 9 bytes of the hash', 'a500000100020003000449aaaaaaaaaaaaaaaaaa', Code.schema],
  ['hardware without levels', 'a600000100020003000448aaaaaaaaaaaaaaaa0a8261626131', Code.schema],
  ['levels without hardware', 'a600000100020003000448aaaaaaaaaaaaaaaa0b8100', Code.schema],
  ['an empty list of levels', 'a700000100020003000448aaaaaaaaaaaaaaaa0a82616261310b80', Code.schema],
  ['hardware without a name', 'a700000100020003000448aaaaaaaaaaaaaaaa0a826061310b8100', Code.schema],
  ['reset cause 10', 'a700000100020003000448aaaaaaaaaaaaaaaa0a83616261310a0b8100', Code.schema],
  ['a nonce of 7 bytes', 'a600000100020003000448aaaaaaaaaaaaaaaa0c47aaaaaaaaaaaaaa', Code.schema],
];

describe('hello', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.hello } as HelloMessage)).toThrow(/cannot encode/);
  });
});
