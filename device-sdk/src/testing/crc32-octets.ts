import { crc32 } from '../core/crc32.ts';

const bytes = new Uint8Array(65_536);

/** `E.CRC32` of Espruino, over at most 64 KiB. */
export function crc32Octets(octets: string): number {
  for (let i = 0; i < octets.length; i += 1) bytes[i] = octets.charCodeAt(i);
  return crc32(bytes, 0, octets.length);
}
