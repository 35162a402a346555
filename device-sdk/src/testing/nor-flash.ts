import type { FlashPort } from '../flash/index.ts';
import { crc32Octets } from './crc32-octets.ts';

export interface NorFlashOptions {
  segments: number;
  segmentBytes: number;
  /** Draws 0 to 1: what is left of a byte or a block that the power left half way. */
  random: () => number;
}

/** The power went. */
export class PowerCut extends Error {}

export interface NorFlash {
  port: FlashPort;
  /** Every byte of it, as who unsolders it would read it. */
  image: Uint8Array;
  /** By segment. */
  erasures: number[];
  /** Bytes programmed, zeros over data included. */
  written(): number;
  /** The power goes when so many more bytes were programmed or erased; Infinity: it stays. */
  cutAfter(steps: number): void;
}

/**
 * Flash as it is: writing clears bits and never sets one, erasing sets a segment's, and where the power goes in the middle some bits of a byte
 * are programmed and some of a block erased. Writing ones over zeros is a fault of whoever writes, and throws.
 */
export function norFlash({ segments, segmentBytes, random }: NorFlashOptions): NorFlash {
  const image = new Uint8Array(segments * segmentBytes).fill(0xff);
  const erasures = new Array<number>(segments).fill(0);
  let steps = Number.POSITIVE_INFINITY;
  let written = 0;

  const someBits = () => Math.floor(random() * 256);
  const step = (halfWay: () => void) => {
    steps -= 1;
    if (steps >= 0) return;
    halfWay();
    throw new PowerCut('the power went');
  };
  const program = (place: number, byte: number) => {
    const before = image[place]!;
    if ((before & byte) !== byte) throw new Error(`byte ${place} was written before and not erased`);
    step(() => {
      image[place] = before & (byte | someBits());
    });
    image[place] = byte;
    written += 1;
  };
  const eraseAll = (segment: number) => {
    const at = segment * segmentBytes;
    step(() => {
      for (let i = at; i < at + segmentBytes; i += 1) image[i]! |= someBits() & someBits();
    });
    image.fill(0xff, at, at + segmentBytes);
    erasures[segment]! += 1;
  };

  const port: FlashPort = {
    segments,
    segmentBytes,
    crc32: crc32Octets,
    read: (segment, at, length) => {
      const from = segment * segmentBytes + at;
      return String.fromCharCode(
        ...image.subarray(from, Math.min(from + length, (segment + 1) * segmentBytes)),
      );
    },
    write: (segment, at, bytes) => {
      if (at % 4 !== 0 || bytes.length % 4 !== 0 || at + bytes.length > segmentBytes)
        throw new Error(`${bytes.length} bytes at ${at} are not words of a segment`);
      for (let i = 0; i < bytes.length; i += 1) program(segment * segmentBytes + at + i, bytes.charCodeAt(i));
      return true;
    },
    erase: (segment) => {
      eraseAll(segment);
      return true;
    },
  };
  const cutAfter = (count: number) => {
    steps = count;
  };
  return { port, image, erasures, written: () => written, cutAfter };
}
