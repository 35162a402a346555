import type { Octets } from '../board/octets.ts';

/**
 * NOR flash, by segments that are erased as a whole. Writing turns ones into zeros and never back. Raw pages and no files: Espruino's Storage refuses to
 * write zeros over what is written, so nothing in it could be wiped.
 */
export interface FlashPort {
  /** At least 3: one is written, one is free, the others are what is kept. */
  segments: number;
  /** A multiple of the erase blocks, and at most 65,532. */
  segmentBytes: number;
  /** What stands there; shorter where a segment was never made. */
  read(segment: number, at: number, length: number): Octets;
  /** Into erased bytes, or zeros over anything. `at` and the length are multiples of 4: nRF52 parts write words. False: not taken. */
  write(segment: number, at: number, bytes: Octets): boolean;
  /** All ones. False: it could not be made. */
  erase(segment: number): boolean;
  /** CRC-32 as in IEEE 802.3. */
  crc32(bytes: Octets): number;
}
