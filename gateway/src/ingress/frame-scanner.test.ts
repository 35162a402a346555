import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frame, type FrameScanner, frameScanner } from './frame-scanner.ts';

function packet(header: number, length: number, fill = 7): Buffer {
  const head = [header];
  let rest = length;
  do {
    head.push(rest > 127 ? (rest & 127) | 128 : rest);
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, fill)]);
}

function drain(scanner: FrameScanner): Buffer[] {
  const frame: Frame = { header: 0, start: 0, body: 0, end: 0 };
  const found: Buffer[] = [];
  while (scanner.next(frame) === 'frame') {
    expect(scanner.bytes()[frame.start]).toBe(frame.header);
    found.push(Buffer.from(scanner.bytes().subarray(frame.start, frame.end)));
  }
  return found;
}

describe('frameScanner', () => {
  it('finds the same frames however the bytes are cut', () => {
    const sizes = fc.array(fc.constantFrom(0, 1, 2, 127, 128, 300, 16_383, 16_384), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.integer({ min: 1, max: 5_000 })), (lengths, cuts) => {
        const packets = lengths.map((length, i) => packet(0x30 + i, length, i));
        const bytes = Buffer.concat(packets);
        const scanner = frameScanner(65_536);
        const found: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const end = Math.min(bytes.length, at + (cuts.next().value as number));
          scanner.push(bytes.subarray(at, end));
          found.push(...drain(scanner));
          at = end;
        }
        expect(found).toEqual(packets);
        expect(scanner.pending()).toBe(0);
      }),
    );
  });

  it('refuses a frame above the limit before its body is there', () => {
    const scanner = frameScanner(4_096);
    scanner.push(packet(0x10, 5_000).subarray(0, 3));
    expect(scanner.next({ header: 0, start: 0, body: 0, end: 0 })).toBe('packet-too-large');
  });

  it('takes a frame of exactly the limit', () => {
    const scanner = frameScanner(132);
    scanner.push(packet(0x30, 129));
    expect(drain(scanner)).toHaveLength(1);
  });

  it('refuses a remaining length of more than four bytes', () => {
    const scanner = frameScanner(65_536);
    scanner.push(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01]));
    expect(scanner.next({ header: 0, start: 0, body: 0, end: 0 })).toBe('bad-length');
  });

  it('waits for the rest of a header', () => {
    const scanner = frameScanner(65_536);
    const frame = { header: 0, start: 0, body: 0, end: 0 };
    scanner.push(Buffer.from([0x30]));
    expect(scanner.next(frame)).toBe('more');
    scanner.push(Buffer.from([0x80]));
    expect(scanner.next(frame)).toBe('more');
  });
});
