/** What ends a link. `closed`: call again; `refused`: this device is not wanted now. */
export type HangUpCause = 'closed' | 'refused';

export interface HangUp {
  cause: HangUpCause;
  /** Printable ASCII, 64 at the most. */
  detail: string;
}

const maxDetailBytes = 64;
/** In one body; with them it is below the 512 bytes that every device takes. */
export const maxReceipts = 64;
const causes: HangUpCause[] = ['closed', 'refused'];

/** The frame of a receipt: the checksums of 1 to 64 bodies that are in custody. */
export function encodeReceipt(checksums: number[]): Uint8Array {
  const bytes = new Uint8Array(checksums.length * 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = checksums[i >> 2] >>> (8 * (i & 3));
  return bytes;
}

/** Null when it is none. */
export function decodeReceipt(bytes: Uint8Array): number[] | null {
  if (bytes.length === 0 || bytes.length % 4 !== 0 || bytes.length > maxReceipts * 4) return null;
  const checksums: number[] = [];
  for (let i = 0; i < bytes.length; i += 4) {
    checksums.push((bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)) >>> 0);
  }
  return checksums;
}

/** What is no printable ASCII becomes a question mark. */
export function encodeHangUp(hangUp: HangUp): Uint8Array {
  const length = Math.min(hangUp.detail.length, maxDetailBytes);
  const bytes = new Uint8Array(1 + length);
  bytes[0] = hangUp.cause === 'refused' ? 1 : 0;
  for (let i = 0; i < length; i++) {
    const code = hangUp.detail.charCodeAt(i);
    bytes[i + 1] = code >= 0x20 && code < 0x7f ? code : 0x3f;
  }
  return bytes;
}

/** Null when it is none, or of a cause that this version does not know. */
export function decodeHangUp(bytes: Uint8Array): HangUp | null {
  if (bytes.length === 0 || bytes.length > 1 + maxDetailBytes || bytes[0] >= causes.length) return null;
  let detail = '';
  for (let i = 1; i < bytes.length; i++) detail += String.fromCharCode(bytes[i]);
  return { cause: causes[bytes[0]], detail: detail };
}
