import { createPrivateKey, type KeyObject } from 'node:crypto';
import { limits } from '../wire/index.ts';
import { algorithmsOf } from './cose.ts';
import { deviceSecretBytes } from './keys.ts';
import { SealLevel } from './level.ts';

/** What a device needs to seal and to open: one generation of its keys, and how it seals. */
export interface SealKey {
  level: 1 | 2 | 3;
  generation: number;
  /** 32 bytes. In S3 for what comes down: that is sealed in S1. */
  secret: Uint8Array;
  /** S3 only: Ed25519 or P-256. Absent where the device has it from elsewhere (a secure element, a file of its own). */
  privateKey?: KeyObject;
}

const pattern = /^s([123])\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{43})(?:\.([A-Za-z0-9_-]{1,400}))?$/;

/** One line of text without spaces, as `usewire device seal` prints it: `s2.1.<secret>`, in S3 with the private key behind it. */
export function sealKeyText({ level, generation, secret, privateKey }: SealKey): string {
  const parts = [`s${level}`, String(generation), Buffer.from(secret).toString('base64url')];
  if (privateKey !== undefined) {
    parts.push(privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url'));
  }
  return parts.join('.');
}

/** Reads what `sealKeyText` writes, space around it left out; null for anything else. What it was is not told: it is a secret. */
export function parseSealKey(text: string): SealKey | null {
  const [, level, generation, encoded, signing] = pattern.exec(text.trim()) ?? [];
  if (level === undefined || encoded === undefined) return null;
  const secret = new Uint8Array(Buffer.from(encoded, 'base64url'));
  if (secret.length !== deviceSecretBytes || Number(generation) > limits.maxInt) return null;
  const key: SealKey = { level: Number(level) as SealKey['level'], generation: Number(generation), secret };
  if (signing === undefined) return key;
  const privateKey = key.level === SealLevel.signed ? signingKey(signing) : null;
  return privateKey && { ...key, privateKey };
}

function signingKey(encoded: string): KeyObject | null {
  try {
    const key = createPrivateKey({ key: Buffer.from(encoded, 'base64url'), format: 'der', type: 'pkcs8' });
    return algorithmsOf(key).length > 0 ? key : null;
  } catch {
    return null;
  }
}
