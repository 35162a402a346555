import type { ByteBuffer } from './byte-buffer.ts';
import { crc32 } from './crc32.ts';

/** Frame in a segment: magic, length (u32), CRC-32 of length and payload, payload. */
const magic = 0xa7;
export const frameHeadBytes = 9;

/** Starts a frame in `out` and returns its position for `endFrame`. */
export function beginFrame(out: ByteBuffer): number {
  const start = out.size;
  out.u8(magic);
  out.u32(0);
  out.u32(0);
  return start;
}

function putU32(out: ByteBuffer, at: number, value: number): void {
  for (let i = 0; i < 4; i++) out.bytes[at + i] = (value >>> (8 * i)) & 255;
}

function checksum(bytes: Uint8Array, start: number, end: number): number {
  // Length first: a changed length must not find another payload that fits.
  return (crc32(bytes, start + 1, start + 5) ^ crc32(bytes, start + frameHeadBytes, end)) >>> 0;
}

export function endFrame(out: ByteBuffer, start: number): void {
  putU32(out, start + 1, out.size - start - frameHeadBytes);
  putU32(out, start + 5, checksum(out.bytes, start, out.size));
}

function getU32(bytes: Uint8Array, at: number): number {
  return bytes[at] + bytes[at + 1] * 256 + bytes[at + 2] * 65536 + bytes[at + 3] * 16777216;
}

/** End of the good frame that starts at `at`, or 0. */
export function frameEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== magic || at + frameHeadBytes > bytes.length) return 0;
  const end = at + frameHeadBytes + getU32(bytes, at + 1);
  if (end > bytes.length || checksum(bytes, at, end) !== getU32(bytes, at + 5)) return 0;
  return end;
}

/**
 * Calls `visit` for each good frame (payload is `bytes[from..to)`); `hole` is true when damaged bytes lie before it.
 * Returns the number of damaged bytes at the end: a torn tail.
 */
export function scanFrames(
  bytes: Uint8Array,
  visit: (from: number, to: number, hole: boolean) => void,
): number {
  let at = 0;
  let good = 0;
  while (at < bytes.length) {
    const end = frameEnd(bytes, at);
    if (end === 0) {
      at++;
      continue;
    }
    visit(at + frameHeadBytes, end, at > good);
    at = end;
    good = end;
  }
  return bytes.length - good;
}
