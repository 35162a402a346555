import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { type KeyRing, keyRing, type SealLevelCode } from '@usewire/protocol/seal';
import { encodeMessage, toHex } from '@usewire/protocol/wire';
import { bytesOf } from './vector.ts';

/** One row of vectors/seal.json: a frame, who it is for, the keys there are, and what becomes of it. */
export interface SealRow {
  id: string;
  requirement: string;
  description: string;
  tenant: string;
  device: string;
  direction: 'up' | 'dn';
  /** The generation n; n - 1 is taken as well. */
  current: number;
  /** Secrets by generation, in hex. */
  secrets: Record<string, string>;
  /** Public keys by generation, in hex: 32 bytes of Ed25519, or x and y of P-256. */
  publicKeys?: Record<string, string>;
  revoked?: boolean;
  /** Lowest level that is taken. */
  minimum: SealLevelCode;
  level: SealLevelCode;
  /** S2 down. */
  counter?: number;
  /** What is in the frame, in hex; null when it is refused. */
  message: string | null;
  frame: string;
  /** ES256 is another signature each time: the frame cannot be made again. */
  oneWay?: boolean;
  verdict: 'accept' | 'reject';
  code?: string;
  /** What may be said to the sender; null = nothing. */
  answer?: string | null;
  /** What usewire.cddl says of the frame. */
  cddl: 'match' | 'no-match';
}

export const secretNow = toHex(Uint8Array.from({ length: 32 }, (_, i) => i));
export const secretBefore = toHex(Uint8Array.from({ length: 32 }, (_, i) => 255 - i));

/** RFC 8032, 7.1, test 1. */
const ed25519Jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};
export const ed25519 = createPrivateKey({ key: ed25519Jwk, format: 'jwk' });

const hexOf = (base64url: string) => Buffer.from(base64url, 'base64url').toString('hex');
export const ed25519Public = hexOf(ed25519Jwk.x);
/** Key "11" of the COSE working group's examples. */
export const p256Public =
  hexOf('usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8') + hexOf('IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4');

/** The key of its bytes. */
export function publicKeyOf(hex: string): KeyObject {
  const part = (from: number) =>
    Buffer.from(hex, 'hex')
      .subarray(from, from + 32)
      .toString('base64url');
  const key =
    hex.length === 64
      ? { kty: 'OKP', crv: 'Ed25519', x: part(0) }
      : { kty: 'EC', crv: 'P-256', x: part(0), y: part(32) };
  return createPublicKey({ key, format: 'jwk' });
}

/** The keys of a row. */
export function ringOf(row: SealRow): KeyRing {
  const publicKeys = row.publicKeys ?? {};
  const names = [...new Set([...Object.keys(row.secrets), ...Object.keys(publicKeys)])];
  const generations = names.map((name) => {
    const secret = row.secrets[name];
    const publicKey = publicKeys[name];
    return {
      generation: Number(name),
      secret: secret === undefined ? undefined : bytesOf(secret),
      publicKey: publicKey === undefined ? undefined : publicKeyOf(publicKey),
    };
  });
  return keyRing(row.current, generations, { revoked: row.revoked === true });
}

/** What most rows share. */
export const usual = {
  tenant: 'acme',
  device: 'brw7-0042',
  direction: 'up' as const,
  current: 7,
  secrets: { 5: secretBefore, 6: secretBefore, 7: secretNow },
  minimum: 1 as SealLevelCode,
};

const modelHash = bytesOf('9372c470');
const records = bytesOf('8184010001a201020201');

export function dataOf(boot: number | Uint8Array, seq: number): Uint8Array {
  return encodeMessage({
    kind: 1,
    seq,
    boot,
    uptimeMs: 86411495,
    modelHash,
    epoch: 12,
    records,
    subject: 1,
    ageMs: 850,
  });
}

export const ackHex = toHex(encodeMessage({ kind: 4, boot: 417, nextSeq: 1033 }));
export const statusBytes = encodeMessage({
  kind: 2,
  seq: 1032,
  boot: 417,
  uptimeMs: 86411495,
  state: { 0: 1 },
});
export const randomBoot = bytesOf('00090807 06050403');
