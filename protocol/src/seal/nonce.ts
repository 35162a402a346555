import { type Boot, limits } from '../wire/index.ts';
import { nonceBytes } from './cose.ts';

const counterBytes = 8;
/** 8 bytes of a random boot id and 4 of seq. */
const randomBootBytes = 12;

/** Partial IV to nonce: padded on the left (RFC 9052, 3.1; our context IV is zero). */
export function nonceOf(partialIv: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(nonceBytes);
  nonce.set(partialIv, nonceBytes - partialIv.length);
  return nonce;
}

/** 1 to 8 bytes, big-endian, no leading zero: one nonce has one encoding. Throws outside 0..2^64-1. */
export function counterPartialIv(counter: bigint): Uint8Array {
  if (counter < 0n || counter > 0xffff_ffff_ffff_ffffn) throw new Error(`no 64-bit counter: ${counter}`);
  const bytes = new Uint8Array(counterBytes);
  new DataView(bytes.buffer).setBigUint64(0, counter);
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.slice(first < 0 ? counterBytes - 1 : first);
}

/** Of a message of a device: boot u32 and seq u32, or the whole random boot id and seq u32. */
export function upPartialIv(boot: Boot, seq: number): Uint8Array {
  if (!Number.isInteger(seq) || seq < 0 || seq > limits.maxU32) throw new Error(`no sequence number: ${seq}`);
  if (typeof boot === 'number') return counterPartialIv((BigInt(boot) << 32n) | BigInt(seq));
  if (boot.length !== 8) throw new Error(`a random boot id of ${boot.length} bytes`);
  const bytes = new Uint8Array(randomBootBytes);
  bytes.set(boot);
  new DataView(bytes.buffer).setUint32(8, seq);
  return bytes;
}

/** Whether bytes are a Partial IV of the direction: its one encoding, not the nonce padded out. */
export function isPartialIv(partialIv: Uint8Array, direction: 'up' | 'dn'): boolean {
  if (partialIv.length === randomBootBytes) return direction === 'up';
  if (partialIv.length < 1 || partialIv.length > counterBytes) return false;
  return partialIv.length === 1 || partialIv[0] !== 0;
}

/** The random boot id that a Partial IV carries, which its key is derived with; undefined where boot is a counter. */
export function randomBootOf(partialIv: Uint8Array): Uint8Array | undefined {
  return partialIv.length === randomBootBytes ? partialIv.slice(0, 8) : undefined;
}

/** The counter of a Partial IV of a message down. */
export function counterOf(partialIv: Uint8Array): bigint {
  return partialIv.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
