import { describe, expect, it } from 'vitest';
import { BitReader } from './bit-reader.ts';
import { codeName } from './codes.ts';
import { fromHex } from './hex.ts';
import { riceState } from './rice.ts';

function readerOf(hex: string): BitReader {
  const bytes = fromHex(hex)!;
  const reader = new BitReader();
  reader.reset(bytes, 0, bytes.length);
  return reader;
}

describe('BitReader', () => {
  it('reads bits from the most significant on, near the end and far from it', () => {
    const reader = readerOf('a5c3f00faa55');
    expect([reader.bits(3), reader.bits(5), reader.bits(12), reader.bits(0), reader.bits(25)]).toEqual([
      0b101, 0b00101, 0xc3f, 0, 0x1f54a,
    ]);
    expect(reader.bitsLeft()).toBe(3);
    expect([reader.bits(3), reader.bits(1), codeName(reader.code)]).toEqual([0b101, 0, 'malformed']);
  });

  it('reads 32 and 53 bits', () => {
    expect(readerOf('ffffffff00000000').bits(32)).toBe(4294967295);
    expect(readerOf('fffffffffffff8').bits(53)).toBe(9007199254740991);
  });

  it('starts inside a buffer and does not pass its end', () => {
    const reader = new BitReader();
    reader.reset(fromHex('ff0fff')!, 1, 2);
    expect([reader.bits(8), reader.bits(1)]).toEqual([0x0f, 0]);
    expect([codeName(reader.code), reader.offset]).toEqual(['malformed', 2]);
  });

  it('reads octets at any bit, and refuses more than there are before it makes room for them', () => {
    const reader = readerOf('0ff5');
    reader.bits(4);
    expect(reader.octets(1)).toEqual(Uint8Array.of(0xff));
    expect(reader.octets(4294967295)).toEqual(new Uint8Array(0));
    expect(codeName(reader.code)).toBe('malformed');
  });

  it.each([
    ['no bits left', 'ff', 8, 0],
    ['seven zero bits', '80', 1, 0],
    ['a padding bit that is set', '81', 1, 1],
    ['a whole byte left', 'ff00', 8, 1],
  ])('at the end: %s', (_, hex, count, code) => {
    const reader = readerOf(hex);
    reader.bits(count);
    reader.finish();
    expect(reader.code).toBe(code);
  });

  it('keeps the first offence', () => {
    const reader = readerOf('00');
    reader.fail(3, 'first');
    reader.fail(1, 'second');
    expect([reader.code, reader.detail, reader.bits(1), reader.eg(0), reader.rice(riceState(4))]).toEqual([
      3,
      'first',
      0,
      0,
      0,
    ]);
  });
});
