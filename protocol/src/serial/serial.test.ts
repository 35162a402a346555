import { describe, expect, it } from 'vitest';
import { crc32 } from '../wire/crc32.ts';
import { serialBody } from './body.ts';
import { encodeSerialFrame, SerialFrameDecoder } from './framed.ts';
import { encodeSerialLine, SerialLineDecoder } from './line.ts';

const modes = [
  { mode: 'framed', encode: encodeSerialFrame, Decoder: SerialFrameDecoder },
  { mode: 'line', encode: encodeSerialLine, Decoder: SerialLineDecoder },
];

describe.each(modes)('a $mode receiver', ({ encode, Decoder }) => {
  function receiver(maxFrameBytes: number) {
    const frames: Uint8Array[] = [];
    const onFrame = (frame: Uint8Array): void => void frames.push(frame);
    return { frames, decoder: new Decoder({ direction: 'up', maxFrameBytes, checksum: crc32, onFrame }) };
  }

  /** The longest buffer that was made while the bytes came in. */
  function longestBuffer(run: () => void): number {
    const { Uint8Array: Original } = globalThis;
    let longest = 0;
    globalThis.Uint8Array = new Proxy(Original, {
      construct(target, [first, ...rest]: [number | ArrayLike<number>, ...unknown[]]) {
        longest = Math.max(longest, typeof first === 'number' ? first : first.length);
        return Reflect.construct(target, [first, ...rest]);
      },
    });
    try {
      run();
    } finally {
      globalThis.Uint8Array = Original;
    }
    return longest;
  }

  it('never makes room for more than its longest frame, however long what comes in is', () => {
    const { frames, decoder } = receiver(300);
    const endless = encode('up', new Uint8Array(20_000).fill(0x55), crc32).subarray(0, -1);
    const right = encode('up', Uint8Array.of(1), crc32);
    const longest = longestBuffer(() => {
      decoder.push(endless);
      decoder.push(endless);
    });
    expect(longest).toBe(305);
    decoder.push(right);
    expect(frames).toEqual([Uint8Array.of(1)]);
    expect(decoder.counters.tooLarge).toBe(2);
  });

  it('hands on frames that stay as they are when more comes in', () => {
    const { frames, decoder } = receiver(300);
    decoder.push(encode('up', Uint8Array.of(1, 2), crc32));
    decoder.push(encode('up', Uint8Array.of(3, 4), crc32));
    expect(frames).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  });

  it('counts bytes while nothing that it understands comes in', () => {
    const { decoder } = receiver(300);
    decoder.push(Uint8Array.of(0xfe, 0x80, 0x7e));
    expect(decoder.counters).toEqual({
      ...{ bytes: 3, frames: 0, malformed: 0, checksum: 0, tooLarge: 0, otherWay: 0, reserved: 0 },
    });
  });
});

describe('serialBody', () => {
  it('uses the checksum that it was given: boards have one built in', () => {
    expect([...serialBody('dn', Uint8Array.of(9), () => 0x04030201)]).toEqual([1, 9, 1, 2, 3, 4]);
  });

  it('throws at a frame of no bytes: it is a bug', () => {
    expect(() => serialBody('up', new Uint8Array(0), crc32)).toThrow(/at least one byte/);
  });
});
