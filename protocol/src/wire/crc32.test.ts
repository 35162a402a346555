import { crc32 as crc32OfZlib } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

describe('crc32', () => {
  it.each([
    ['', 0],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('of %j is the one of every catalogue', (text, expected) => {
    const bytes = Buffer.from(text);
    expect(crc32(bytes, 0, bytes.length)).toBe(expected);
  });

  it('is of the part that was named', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (bytes, a, b) => {
        const from = Math.min(a, bytes.length);
        const to = Math.max(from, Math.min(b, bytes.length));
        expect(crc32(bytes, from, to)).toBe(crc32OfZlib(bytes.subarray(from, to)));
      }),
    );
  });
});
