import { crc32 as crc32OfZlib } from 'node:zlib';
import { encodeSerialFrame, encodeSerialLine } from '@usewire/protocol/serial';
import { crc32, toHex } from '@usewire/protocol/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Link, receive } from './serial-receive.ts';

const framed: Link = { mode: 'framed', direction: 'up', maxFrameBytes: 4096 };
const line: Link = { mode: 'line', direction: 'up', maxFrameBytes: 4096 };
const encoders = { framed: encodeSerialFrame, line: encodeSerialLine };
const encode = (link: Link, frame: Uint8Array): Uint8Array =>
  encoders[link.mode](link.direction, frame, crc32);

/** Frames with many zeros and long runs without any, around the length of a block as well. */
const frameBytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc
    .array(fc.constantFrom(0, 0, 1, 255), { minLength: 1, maxLength: 300 })
    .map((all) => Uint8Array.from(all)),
  fc.integer({ min: 245, max: 520 }).map((length) => new Uint8Array(length).fill(0xaa)),
);

function bodyOf(frame: Uint8Array): Buffer {
  const body = Buffer.from([0, ...frame, 0, 0, 0, 0]);
  body.writeUInt32LE(crc32OfZlib(body.subarray(0, -4)), body.length - 4);
  return body;
}

/** COBS as its paper tells it, on an array of numbers, without a thought for speed. */
function cobsOf(body: Uint8Array): number[] {
  const out: number[] = [];
  let block: number[] = [];
  const close = (): void => {
    out.push(block.length + 1, ...block);
    block = [];
  };
  for (const byte of body) {
    if (block.length === 254) close();
    if (byte === 0) close();
    else block.push(byte);
  }
  close();
  return out;
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe.each([framed, line])('a $mode link', (link) => {
  it('gives back every frame, in pieces of any size', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(frameBytes, { maxLength: 6 }), sizes, (frames, cuts) => {
        const bytes = Buffer.concat(frames.map((frame) => encode(link, frame)));
        expect(receive(link, cut(bytes, cuts))).toEqual({ frames: frames.map(toHex), faults: {} });
      }),
    );
  });

  it('loses no frame to noise before, between and after frames', () => {
    // Bytes that mean something to a receiver come more often than others.
    const telling = fc.constantFrom(0, 0x16, 0x0d, 0x0a, 0x3d, 0x41, 0xff);
    const noise = fc
      .oneof(fc.uint8Array({ maxLength: 60 }), fc.array(telling, { maxLength: 8 }))
      .map((bytes) => Uint8Array.from(bytes));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frameBytes), { maxLength: 6 }), noise, (pairs, tail) => {
        const parts = pairs.flatMap(([before, frame]) => [before, encode(link, frame)]);
        const { frames } = receive(link, [Buffer.concat([...parts, tail])]);
        expect(frames).toEqual(pairs.map(([, frame]) => toHex(frame)));
      }),
    );
  });

  it('finds every flipped bit: the frame is lost, never another one', () => {
    const sent = [
      Uint8Array.of(0xff),
      Uint8Array.from({ length: 70 }, (_, i) => (i * 37) & 0xff),
      new Uint8Array(260).fill(7),
    ];
    const after = encode(link, Uint8Array.of(1, 2, 3));
    for (const frame of sent) {
      const bytes = encode(link, frame);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const damaged = Uint8Array.from(bytes);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const { frames } = receive(link, [damaged, after]);
        // A flip in the delimiter at the end costs nothing, or in framed mode the frame: the next delimiter ends it as well.
        expect([[toHex(frame), '010203'], ['010203']]).toContainEqual(frames);
      }
    }
  });

  it('gives no frame for bytes at random, and takes a right one after them', () => {
    const right = Uint8Array.of(9, 8, 7);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(receive(link, [bytes, encode(link, right)]).frames).toEqual([toHex(right)]);
      }),
    );
  });
});

describe('the encodings', () => {
  it('are CRC-32 of zlib in COBS of the paper, without its empty last block, and in base64 of Node', () => {
    fc.assert(
      fc.property(frameBytes, (frame) => {
        const body = bodyOf(frame);
        expect([...encode(framed, frame)]).toEqual([0, ...cobsOf(body), 0]);
        expect(Buffer.from(encode(line, frame)).toString()).toBe(`\u0016${body.toString('base64')}\n`);
      }),
    );
  });

  it('have no zero and no line feed inside, and never more than one byte in 254 above the body', () => {
    fc.assert(
      fc.property(frameBytes, (frame) => {
        const inside = [...encode(framed, frame)].slice(1, -1);
        expect(inside).not.toContain(0);
        expect(inside.length).toBeLessThanOrEqual(frame.length + 6 + (frame.length + 5) / 254);
        expect([...encode(line, frame)].slice(1, -1).every((byte) => byte > 0x20 && byte < 0x7f)).toBe(true);
      }),
    );
  });
});
