import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { ConfigMessage } from './config.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, ConfigMessage, string][] = [
  [
    'values of each type and a list',
    {
      kind: Kind.config,
      configId: 3,
      config: { 1: 60000, 2: true, 3: 'night', 4: [1, -1, 0.5], 5: [], 300: bytes('') },
    },
    'a3000a17031818a60119ea6002f503656e6967687404830120f93800058019012c40',
  ],
  ['an empty configuration: defaults', { kind: Kind.config, configId: 0, config: {} }, 'a3000a17001818a0'],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a4000a17031818a60119ea6002f503656e6967687404830120f93800058019012c40181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a1000a', Code.schema],
  ['a map for a value', 'a3000a17001818a100a0', Code.schema],
  ['a list in a list', 'a3000a17001818a1008180', Code.schema],
];

describe('config', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.config } as ConfigMessage)).toThrow(/cannot encode/);
  });
});
