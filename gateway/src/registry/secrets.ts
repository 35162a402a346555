import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is kept of a secret. */
export interface KeptSecret {
  salt: Uint8Array;
  hash: Uint8Array;
}

/** Secrets that devices without one are compared with: an answer about a stranger takes as long. */
const NOBODY: KeptSecret = { salt: new Uint8Array(16), hash: new Uint8Array(32) };
const CLAIM = 'claim-';

/** 256 random bits. A slow hash protects guessable passwords; nobody guesses these, and CONNECT floods would pay with our time. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function newClaimToken(): string {
  return CLAIM + newToken();
}

export function keep(secret: string | Uint8Array): KeptSecret {
  const salt = randomBytes(16);
  return { salt, hash: saltedHash(salt, secret) };
}

/** Constant time, whether there is something kept or not. */
export function matches(secret: Uint8Array, kept: KeptSecret | null): boolean {
  const { salt, hash } = kept ?? NOBODY;
  return timingSafeEqual(saltedHash(salt, secret), hash) && kept !== null;
}

function saltedHash(salt: Uint8Array, secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

/** Claims are looked up by this: random enough to need no salt. */
export function claimKey(claim: string): Uint8Array {
  return createHash('sha256').update(claim).digest();
}

/** A password is a token, or `<claim token>.<secret of the device's own making>`. */
export interface Password {
  claim: string | null;
  secret: Uint8Array;
}

export function readPassword(password: Uint8Array): Password {
  const text = Buffer.from(password.buffer, password.byteOffset, password.byteLength).toString('latin1');
  if (!text.startsWith(CLAIM)) return { claim: null, secret: password };
  const dot = text.indexOf('.');
  const claim = dot < 0 ? text : text.slice(0, dot);
  return { claim, secret: dot < 0 ? new Uint8Array(0) : password.subarray(dot + 1) };
}

/** The least that a device must bring: 32 characters of base64 are 192 bits, of hex 128. */
export function isStrongSecret(secret: Uint8Array): boolean {
  return /^[A-Za-z0-9_-]{32,128}$/.test(Buffer.from(secret).toString('latin1'));
}
