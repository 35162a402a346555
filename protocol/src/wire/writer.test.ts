import { describe, expect, it } from 'vitest';
import { toHex } from './hex.ts';
import { Writer } from './writer.ts';

function written(write: (writer: Writer) => void, maxBytes = 1000): string {
  const writer = new Writer(maxBytes);
  write(writer);
  return toHex(writer.finish());
}

describe('Writer', () => {
  // RFC 8949, appendix A.
  it.each([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [255, '18ff'],
    [256, '190100'],
    [1000, '1903e8'],
    [65535, '19ffff'],
    [65536, '1a00010000'],
    [4294967295, '1affffffff'],
    [4294967296, '1b0000000100000000'],
    [1000000000000, '1b000000e8d4a51000'],
    [9007199254740991, '1b001fffffffffffff'],
    [-1, '20'],
    [-24, '37'],
    [-25, '3818'],
    [-1000, '3903e7'],
    [-4294967296, '3affffffff'],
    [-4294967297, '3b0000000100000000'],
    [-9007199254740991, '3b001ffffffffffffe'],
  ])('writes the integer %d as %s', (value, hex) => {
    expect(written((writer) => writer.int(value))).toBe(hex);
    if (value >= 0) expect(written((writer) => writer.uint(value))).toBe(hex);
  });

  it.each([
    [0, 'f90000'],
    [-0, 'f98000'],
    [1.1, 'fb3ff199999999999a'],
    [1.5, 'f93e00'],
    [100000.5, 'fa47c35040'],
    [3.4028234663852886e38, 'fa7f7fffff'],
    [1e300, 'fb7e37e43c8800759c'],
    [1e303, 'fb7ed754e31cd072da'],
    [-4.1, 'fbc010666666666666'],
    [Infinity, 'f97c00'],
    [-Infinity, 'f9fc00'],
    [Number.NaN, 'f97e00'],
  ])('writes the float %d as %s', (value, hex) => {
    expect(written((writer) => writer.float(value))).toBe(hex);
  });

  it.each<[string, (writer: Writer) => void, string]>([
    ['bytes', (writer) => writer.bytes(Uint8Array.of(1, 2, 3, 4)), '4401020304'],
    ['text', (writer) => writer.text('ü€😀'), '69c3bce282acf09f9880'],
    ['text in bytes', (writer) => writer.textBytes(Uint8Array.of(0xc3, 0xbc)), '62c3bc'],
    ['an array head', (writer) => writer.arrayHead(25), '9819'],
    ['a map head', (writer) => writer.mapHead(2), 'a2'],
    ['a tag', (writer) => writer.tag(64), 'd840'],
    ['true and false', (writer) => [writer.bool(true), writer.bool(false)], 'f5f4'],
    ['null', (writer) => writer.null(), 'f6'],
    ['an encoded item', (writer) => writer.raw(Uint8Array.of(0x81, 0)), '8100'],
    ['an integer that is minus zero', (writer) => writer.int(-0), '00'],
  ])('writes %s', (_, write, hex) => {
    expect(written(write)).toBe(hex);
  });

  it.each([-1, 0.5, Number.NaN, Infinity, 9007199254740992])(
    'throws at %d where an unsigned integer is needed',
    (value) => {
      const writer = new Writer(100);
      expect(() => writer.uint(value)).toThrow(/does not fit/);
      expect(() => writer.arrayHead(value)).toThrow(/does not fit/);
      expect(writer.length).toBe(0);
    },
  );

  it.each([-9007199254740992, -0.5])('throws at %d where an integer is needed', (value) => {
    expect(() => new Writer(100).int(value)).toThrow(/does not fit/);
  });

  it('grows to its bound and not beyond', () => {
    const writer = new Writer(100);
    for (let i = 0; i < 100; i++) writer.uint(1);
    expect(writer.overflowed).toBe(false);
    expect(writer.finish().length).toBe(100);
    writer.uint(1);
    expect(writer.overflowed).toBe(true);
    expect(writer.length).toBe(100);
  });

  it.each<[string, (writer: Writer) => void]>([
    ['an integer', (writer) => writer.uint(65536)],
    ['bytes', (writer) => writer.bytes(new Uint8Array(4))],
    ['text', (writer) => writer.text('four')],
    ['a half', (writer) => writer.float(1.5)],
    ['a single', (writer) => writer.float(100000.5)],
    ['a double', (writer) => writer.float(0.1)],
    ['an item', (writer) => writer.raw(new Uint8Array(3))],
  ])('says so when %s does not fit, keeps saying it, and starts again', (_, write) => {
    const writer = new Writer(2);
    write(writer);
    writer.uint(1);
    expect(writer.overflowed).toBe(true);
    expect(() => writer.finish()).toThrow(/overflow of 2 bytes/);
    writer.reset();
    writer.uint(1);
    expect(toHex(writer.finish())).toBe('01');
  });

  it('gives a copy that later writes do not touch', () => {
    const writer = new Writer(10);
    writer.uint(1);
    const first = writer.finish();
    writer.reset();
    writer.uint(2);
    expect(toHex(first)).toBe('01');
  });
});
