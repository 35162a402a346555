import { describe, expect, it } from 'vitest';
import { Code, encodeMessage, fromHex } from '../wire/index.ts';
import { peekHead } from './index.ts';

const hash = Uint8Array.of(1, 2, 3, 4);
const data = encodeMessage({
  kind: 1,
  seq: 9,
  boot: 4,
  uptimeMs: 5000,
  modelHash: hash,
  epoch: 0,
  records: fromHex('8183010005')!,
});

describe('peekHead', () => {
  it('tells kind, identity and model of a data message', () => {
    const value = { kind: 1, seq: 9, boot: 4, uptimeMs: 5000, modelHash: hash };
    expect(peekHead(data)).toEqual({ ok: true, value });
  });

  it('does not look behind label 4', () => {
    const cut = data.slice(0, data.length - 4);
    expect(peekHead(cut).ok).toBe(true);
  });

  it('gives null for labels that a kind does not have', () => {
    const ack = encodeMessage({ kind: 4, boot: 4, nextSeq: 3 });
    const value = { kind: 4, seq: null, boot: 4, uptimeMs: null, modelHash: null };
    expect(peekHead(ack)).toEqual({ ok: true, value });
  });

  it.each([
    ['no bytes', '', Code.malformed],
    ['no map', '80', Code.schema],
    ['no kind', 'a10101', Code.schema],
    ['a kind that POU 1 does not have', 'a1001818', Code.version],
    ['labels out of order', 'a300010301020a', Code.notDeterministic],
    ['a label twice', 'a3000101010101', Code.malformed],
    ['an end inside the hash', 'a200010444aabb', Code.malformed],
    ['a wrong type', 'a20001016161', Code.schema],
  ])('refuses %s', (_, hex, code) => {
    expect(peekHead(fromHex(hex)!)).toMatchObject({ ok: false, error: { code } });
  });
});
