/**
 * What stands between the delimiters of a serial link, in either mode: one byte that says which way it goes, the frame, and CRC-32 over
 * both, low byte first (SPEC.md, Serial links).
 */
export type SerialDirection = 'up' | 'dn';

/**
 * What a body is (SPEC.md, Serial links). `up`, `dn`: a frame from a device, and to it. `call`: a device asks to be let in; `receipt`: what it
 * sent is in custody; `hangUp`: the link is over.
 */
export type SerialKind = SerialDirection | 'call' | 'receipt' | 'hangUp';

/** CRC-32 of IEEE 802.3 over `bytes[from..to)`, unsigned: `crc32` of the wire format, or the one that a board has built in. */
export type Checksum = (bytes: Uint8Array, from: number, to: number) => number;

/**
 * The first byte of a body; even ones go up, odd ones down. A console that echoes, or a bus of one wire, brings back what was sent: the
 * receiver knows its own.
 */
export const serialTypes = { up: 0, dn: 1, receipt: 3, call: 4, hangUp: 5 } as const;

/** Null = reserved. */
export function serialKindOf(type: number): SerialKind | null {
  if (type === serialTypes.up) return 'up';
  if (type === serialTypes.dn) return 'dn';
  if (type === serialTypes.receipt) return 'receipt';
  if (type === serialTypes.call) return 'call';
  return type === serialTypes.hangUp ? 'hangUp' : null;
}

/** Bytes of a body that are not the frame. */
export const bodyOverheadBytes = 5;

/** The body of a frame. A frame of no bytes is a bug of the caller and throws. */
export function serialBody(kind: SerialKind, frame: Uint8Array, checksum: Checksum): Uint8Array {
  if (frame.length === 0) throw new Error('a frame has at least one byte');
  const end = frame.length + 1;
  const body = new Uint8Array(end + 4);
  body[0] = serialTypes[kind];
  body.set(frame, 1);
  const sum = checksum(body, 0, end);
  for (let i = 0; i < 4; i++) body[end + i] = sum >>> (8 * i);
  return body;
}

/** The checksum at the end of `bytes[0..length)`. */
export function toldChecksum(bytes: Uint8Array, length: number): number {
  const at = length - 4;
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/** Whether the last four bytes of `bytes[0..length)` are the checksum of those before. */
export function checksumHolds(bytes: Uint8Array, length: number, checksum: Checksum): boolean {
  return checksum(bytes, 0, length - 4) === toldChecksum(bytes, length);
}
