import { describe, expect, it } from 'vitest';
import { BitWriter } from './bit-writer.ts';
import { toHex } from './hex.ts';

describe('BitWriter', () => {
  it('writes bits from the most significant on and pads with zeros', () => {
    const writer = new BitWriter(10);
    writer.bits(0b101, 3);
    writer.bits(0xc3f, 12);
    writer.bits(0, 0);
    expect(toHex(writer.finish())).toBe('b87e');
  });

  it('writes 53 bits across bytes', () => {
    const writer = new BitWriter(10);
    writer.bits(1, 1);
    writer.bits(9007199254740991, 53);
    expect(toHex(writer.finish())).toBe('fffffffffffffc');
  });

  it.each([
    [2, 1],
    [-1, 8],
    [0.5, 8],
    [Number.NaN, 8],
    [1, 0],
  ])('throws at %d in %i bits: it is a bug', (value, count) => {
    expect(() => new BitWriter(10).bits(value, count)).toThrow(/does not fit/);
  });

  it.each([-1, 0.5, 9007199254740991])('throws at an exponential Golomb code of %d', (value) => {
    expect(() => new BitWriter(100).eg(value, 0)).toThrow(/does not fit/);
  });

  it('says when it is full, keeps saying it, and starts again with zeros', () => {
    const writer = new BitWriter(2);
    writer.bits(0xffff, 16);
    expect(writer.overflowed).toBe(false);
    writer.bits(1, 1);
    writer.bits(0, 0);
    expect(writer.overflowed).toBe(true);
    expect(() => writer.finish()).toThrow(/overflow of 2 bytes/);
    writer.reset();
    writer.bits(1, 9);
    expect(toHex(writer.finish())).toBe('0080');
  });

  it('grows beyond its first buffer', () => {
    const writer = new BitWriter(1000);
    for (let i = 0; i < 1000; i++) writer.octets(Uint8Array.of(i & 255));
    expect(writer.finish()).toEqual(Uint8Array.from({ length: 1000 }, (_, i) => i & 255));
  });
});
