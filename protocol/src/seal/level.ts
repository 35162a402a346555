import { consumesSeq } from '../wire/index.ts';

/** S0 to S3 of SPEC.md, "Seals". The numbers are those of label 11 in `hello`. */
export const SealLevel = {
  /** S0: the message as it is. */
  none: 0,
  /** S1: COSE_Mac0, HMAC 256/64. */
  mac: 1,
  /** S2: COSE_Encrypt0, AES-CCM-16-64-128. */
  encrypted: 2,
  /** S3: COSE_Sign1, Ed25519 or ES256. */
  signed: 3,
} as const;
export type SealLevelCode = (typeof SealLevel)[keyof typeof SealLevel];

/** CBOR tags of RFC 9052; each head is one byte. */
export const CoseTag = { encrypt0: 16, mac0: 17, sign1: 18 } as const;

/** The level that a frame claims, from its first byte; null when it is no frame of POU 1. Nothing is verified. */
export function peekLevel(frame: Uint8Array): SealLevelCode | null {
  const first = frame[0] ?? 0;
  if (first >> 5 === 5) return SealLevel.none;
  if (first === 0xd0) return SealLevel.encrypted;
  if (first === 0xd1) return SealLevel.mac;
  return first === 0xd2 ? SealLevel.signed : null;
}

/**
 * Whether a message of a kind may be encrypted on its way up: the nonce is (boot, seq), and only these kinds have a seq of
 * their own. `status` and the `data` after it carry the same number: under one key that would be one nonce for two texts.
 */
export function isEncryptable(kind: number): boolean {
  return consumesSeq(kind);
}

/**
 * Whether a frame of `level` will do where `minimum` is asked for. A signature hides nothing, so S3 does not stand in for
 * S2; kinds that cannot be encrypted pass with S1 or S3 there.
 */
export function satisfies(level: SealLevelCode, minimum: SealLevelCode, kind: number): boolean {
  if (minimum !== SealLevel.encrypted) return level >= minimum;
  return level === SealLevel.encrypted || (level !== SealLevel.none && !isEncryptable(kind));
}

/** How a device of `level` seals a message of a kind: as it does, but what cannot be encrypted goes with a MAC (POU-SEAL-13). */
export function levelOfKind(level: 1 | 2 | 3, kind: number): 1 | 2 | 3 {
  return level === SealLevel.encrypted && !isEncryptable(kind) ? SealLevel.mac : level;
}
