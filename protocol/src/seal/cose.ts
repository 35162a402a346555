import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { limits, Writer } from '../wire/index.ts';

/** COSE algorithm ids. ES256 and EdDSA are the ids from before RFC 9864: read, and sent only on demand. */
export const Algorithm = {
  hmac256Of64: 4,
  ccm16Of64: 10,
  esp256: -9,
  ed25519: -19,
  es256: -7,
  eddsa: -8,
} as const;

export const macBytes = 8;
export const ccmTagBytes = 8;
export const nonceBytes = 13;
export const signatureBytes = 64;

/** What is verified with every structure: the protected header's bytes as they travel, and the external_aad. */
export interface Covered {
  protectedHeader: Uint8Array;
  aad: Uint8Array;
}

function structure(context: string, covered: Covered, payload: Uint8Array | null): Uint8Array {
  const writer = new Writer(limits.maxMessageBytes + 256);
  writer.arrayHead(payload === null ? 3 : 4);
  writer.text(context);
  writer.bytes(covered.protectedHeader);
  writer.bytes(covered.aad);
  if (payload !== null) writer.bytes(payload);
  return writer.finish();
}

/** HMAC 256/64 of a MAC_structure (RFC 9052, 6.3). */
export function macTag(key: Uint8Array, covered: Covered, payload: Uint8Array): Uint8Array {
  const full = createHmac('sha256', key)
    .update(structure('MAC0', covered, payload))
    .digest();
  return new Uint8Array(full.subarray(0, macBytes));
}

/** In constant time. */
export function macHolds(tag: Uint8Array, key: Uint8Array, covered: Covered, payload: Uint8Array): boolean {
  return tag.length === macBytes && timingSafeEqual(tag, macTag(key, covered, payload));
}

/** What AES-CCM needs beside the text. */
export interface CcmInput extends Covered {
  key: Uint8Array;
  nonce: Uint8Array;
}

/** Ciphertext and tag in one, as COSE carries them (RFC 9052, 5.3). */
export function ccmEncrypt(input: CcmInput, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ccm', input.key, input.nonce, { authTagLength: ccmTagBytes });
  cipher.setAAD(structure('Encrypt0', input, null), { plaintextLength: plaintext.length });
  const body = cipher.update(plaintext);
  cipher.final();
  return new Uint8Array(Buffer.concat([body, cipher.getAuthTag()]));
}

/** The plaintext, or null when anything of it was changed. */
export function ccmDecrypt(input: CcmInput, ciphertext: Uint8Array): Uint8Array | null {
  const split = ciphertext.length - ccmTagBytes;
  if (split < 0) return null;
  const decipher = createDecipheriv('aes-128-ccm', input.key, input.nonce, { authTagLength: ccmTagBytes });
  decipher.setAuthTag(ciphertext.subarray(split));
  decipher.setAAD(structure('Encrypt0', input, null), { plaintextLength: split });
  try {
    const plaintext = decipher.update(ciphertext.subarray(0, split));
    decipher.final();
    return new Uint8Array(plaintext);
  } catch {
    return null;
  }
}

/** Ids that a key can make and check, the fully specified one first; none for a key of another type. */
export function algorithmsOf(key: KeyObject): readonly number[] {
  if (key.asymmetricKeyType === 'ed25519') return [Algorithm.ed25519, Algorithm.eddsa];
  const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isP256 ? [Algorithm.esp256, Algorithm.es256] : [];
}

function digestOf(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

/** 64 bytes over a Sig_structure (RFC 9052, 4.4); ECDSA as r and s side by side (RFC 9053, 2.1). */
export function signatureOf(key: KeyObject, covered: Covered, payload: Uint8Array): Uint8Array {
  const signed = structure('Signature1', covered, payload);
  return new Uint8Array(sign(digestOf(key), signed, { key, dsaEncoding: 'ieee-p1363' }));
}

export function signatureHolds(
  signature: Uint8Array,
  key: KeyObject,
  covered: Covered,
  payload: Uint8Array,
): boolean {
  if (signature.length !== signatureBytes) return false;
  const signed = structure('Signature1', covered, payload);
  return verify(digestOf(key), signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
