import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';
import { contentAt, frameOf, scanFrames } from './frame.ts';

function joined(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function scan(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  scanFrames(bytes, (content) => found.push(content.slice()));
  return found;
}

const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 });

describe('frames', () => {
  it('have the check value of CRC-32', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('begin with a5, length and CRC-32', () => {
    expect([...frameOf(Uint8Array.of(1, 2, 3))]).toEqual([0xa5, 0, 0, 3, 0x55, 0xbc, 0x80, 0x1d, 1, 2, 3]);
  });

  it('come back whole and in order', () => {
    fc.assert(
      fc.property(contents, (all) => {
        expect(scan(joined(all.map(frameOf)))).toEqual(all);
      }),
    );
  });

  it('come back but for the one that is damaged, wherever that is', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), (all, place, change) => {
        const bytes = joined(all.map(frameOf));
        const at = place % bytes.length;
        bytes[at] = bytes[at]! ^ change;
        let end = 0;
        const hit = all.findIndex((content) => {
          end += content.length + 8;
          return at < end;
        });
        const whole = all.filter((_content, i) => i !== hit);
        expect(scan(bytes).filter((content) => content.length > 0)).toEqual(
          whole.filter((content) => content.length > 0),
        );
      }),
    );
  });

  it('that are torn are none, and random bytes end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (content) => {
        const frame = frameOf(content);
        for (let length = 0; length < frame.length; length++)
          expect(contentAt(frame.subarray(0, length), 0)).toBeNull();
        expect(scan(content)).toEqual([]);
      }),
    );
  });
});
