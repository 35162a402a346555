import { type SerialDirection, SerialFrameDecoder, SerialLineDecoder } from '@usewire/protocol/serial';
import { crc32, toHex } from '@usewire/protocol/wire';

export interface Link {
  mode: 'framed' | 'line';
  direction: SerialDirection;
  maxFrameBytes: number;
}

/** What came out of a link: frames in hex, and the counters that rose. */
export interface Received {
  frames: string[];
  faults: Record<string, number>;
}

/** Lets a new receiver take a link's bytes in these pieces. */
export function receive({ mode, direction, maxFrameBytes }: Link, pieces: Uint8Array[]): Received {
  const frames: string[] = [];
  const onFrame = (frame: Uint8Array): void => void frames.push(toHex(frame));
  const Decoder = mode === 'framed' ? SerialFrameDecoder : SerialLineDecoder;
  const decoder = new Decoder({ direction, maxFrameBytes, checksum: crc32, onFrame });
  for (const piece of pieces) decoder.push(piece);
  const { bytes: _, frames: __, ...counters } = decoder.counters;
  return { frames, faults: Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0)) };
}
