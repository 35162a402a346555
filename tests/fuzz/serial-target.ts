import {
  encodeSerialFrame,
  encodeSerialLine,
  SerialFrameDecoder,
  SerialLineDecoder,
} from '@usewire/protocol/serial';
import { crc32, decodeMessage, sameBytes } from '@usewire/protocol/wire';
import { lampData } from '../support/gateway-kit.ts';
import { mutate } from './mutate.ts';
import type { FuzzRandom } from './random.ts';
import { type BytesTarget, bytesTarget, hold } from './target.ts';

const MAX_FRAME_BYTES = 512;
const encoders = [encodeSerialFrame, encodeSerialLine];
const decoders = [SerialFrameDecoder, SerialLineDecoder];
/** Sent after every input: a receiver has to find it, whatever was before. */
const LAST = Uint8Array.of(0xa1, 0x00, 0x18, 0x63);

/** Bytes of a serial link, noise and damage among them, into the receivers of both modes. */
export function serialTarget(): BytesTarget {
  return bytesTarget({
    make: linkBytes,
    take(bytes, count) {
      for (const mode of [0, 1]) takes(bytes, mode, count);
    },
  });
}

function linkBytes(random: FuzzRandom): Uint8Array {
  const parts = Array.from({ length: 1 + random.below(6) }, () => part(random));
  const bytes = Buffer.concat(parts);
  return random.chance(0.5) ? mutate(random, bytes, part(random)) : bytes;
}

function part(random: FuzzRandom): Uint8Array {
  const how = random.below(8);
  if (how === 0) return random.bytes(random.below(800));
  if (how === 1) return Buffer.alloc(random.below(900), random.pick([0x00, 0x01, 0x16, 0x41, 0x0d, 0xff]));
  if (how === 2) return Buffer.from('\r\n> Uncaught Error: no such function\r\n at line 1 col 7\r\n');
  const frame = random.chance(0.5) ? lampData(random.below(1000)) : random.bytes(1 + random.below(600));
  return random.pick(encoders)(random.chance(0.8) ? 'up' : 'dn', frame, crc32);
}

function takes(bytes: Uint8Array, mode: number, count: (name: string) => void): void {
  const frames: Uint8Array[] = [];
  const decoder = new decoders[mode]!({
    direction: 'up',
    maxFrameBytes: MAX_FRAME_BYTES,
    checksum: crc32,
    onFrame: (frame) => void frames.push(frame),
  });
  // Pieces of growing size, so that no part of the bytes decides how they are cut.
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 61) {
    decoder.push(bytes.subarray(at, at + size));
  }
  decoder.push(encoders[mode]!('up', LAST, crc32));
  hold(frames.length > 0 && sameBytes(frames.at(-1)!, LAST), 'the frame after the noise was found');
  hold(
    frames.every(({ length }) => length > 0 && length <= MAX_FRAME_BYTES),
    'frames within the bound',
  );
  for (const frame of frames) count(decodeMessage(frame).ok ? 'messages' : 'frames of something else');
  const { bytes: _, frames: handed, ...faults } = decoder.counters;
  hold(handed === frames.length, 'every frame is counted');
  for (const [name, times] of Object.entries(faults)) if (times > 0) count(`with ${name}`);
}
