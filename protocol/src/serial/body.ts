/**
 * What stands between the delimiters of a serial link, in either mode: one byte that says which way it goes, the frame, and CRC-32 over
 * both, low byte first (SPEC.md, Serial links).
 */
export type SerialDirection = 'up' | 'dn';

/** CRC-32 of IEEE 802.3 over `bytes[from..to)`, unsigned: `crc32` of the wire format, or the one that a board has built in. */
export type Checksum = (bytes: Uint8Array, from: number, to: number) => number;

/** The first byte of a body. A console that echoes, or a bus of one wire, brings back what was sent: the receiver knows its own. */
export const serialTypes = { up: 0, dn: 1 } as const;

/** Bytes of a body that are not the frame. */
export const bodyOverheadBytes = 5;

/** The body of a frame. A frame of no bytes is a bug of the caller and throws. */
export function serialBody(direction: SerialDirection, frame: Uint8Array, checksum: Checksum): Uint8Array {
  if (frame.length === 0) throw new Error('a frame has at least one byte');
  const end = frame.length + 1;
  const body = new Uint8Array(end + 4);
  body[0] = serialTypes[direction];
  body.set(frame, 1);
  const sum = checksum(body, 0, end);
  for (let i = 0; i < 4; i++) body[end + i] = sum >>> (8 * i);
  return body;
}

/** Whether the last four bytes of `bytes[0..length)` are the checksum of those before. */
export function checksumHolds(bytes: Uint8Array, length: number, checksum: Checksum): boolean {
  const end = length - 4;
  const told = bytes[end] | (bytes[end + 1] << 8) | (bytes[end + 2] << 16) | (bytes[end + 3] << 24);
  return checksum(bytes, 0, end) === told >>> 0;
}
