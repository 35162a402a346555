import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage } from '../codec.ts';
import { Code } from '../codes.ts';
import { fromHex, toHex } from '../hex.ts';
import { Kind } from '../kinds.ts';
import type { StatusMessage } from './status.ts';

const bytes = (hex: string) => fromHex(hex)!;

const right: [string, StatusMessage, string][] = [
  [
    'a heartbeat with one state',
    { kind: Kind.status, seq: 1032, boot: 417, uptimeMs: 86411495, state: { 0: 1 } },
    'a5000201190408021901a1031a052688e70da10001',
  ],
  [
    'a heartbeat with a clock and values of each type',
    {
      kind: Kind.status,
      seq: 1032,
      boot: 417,
      uptimeMs: 86411495,
      clock: { unixMs: 1795305600000, quality: 1 },
      state: { 0: true, 1: false, 2: -40, 23: 'idle', 24: bytes('00ff'), 255: 0.5, 4294967295: 21.625 },
    },
    'a6000201190408021901a1031a052688e706821b000001a2008d7400010da700f501f4023827176469646c6518184200ff18fff938001afffffffff94d68',
  ],
];

const wrong: [string, string, number][] = [
  [
    'a critical label that it does not have',
    'a6000201190408021901a1031a052688e70da10001181f00',
    Code.criticalLabel,
  ],
  ['a message without its fields', 'a10002', Code.schema],
  ['an empty state map', 'a500020100020003000da0', Code.schema],
];

describe('status', () => {
  it.each(right)('%s: value and bytes, both ways', (_, message, hex) => {
    expect(toHex(encodeMessage(message))).toBe(hex);
    expect(decodeMessage(bytes(hex))).toEqual({ ok: true, value: message });
  });

  it.each(wrong)('refuses %s', (_, hex, code) => {
    expect(decodeMessage(bytes(hex))).toMatchObject({ ok: false, error: { code } });
  });

  it('is not encoded without a field that it needs', () => {
    expect(() => encodeMessage({ kind: Kind.status } as StatusMessage)).toThrow(/cannot encode/);
  });
});
