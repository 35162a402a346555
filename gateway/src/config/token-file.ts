import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MAX_TOKEN_BYTES = 4_096;

/** Reads a secret from a file (`/run/secrets`, systemd credentials); a final line break is not part of it. */
export function readSecretFile(path: string): { ok: true; secret: string } | { ok: false; problem: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return { ok: false, problem: `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})` };
  }
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (secret.length === 0) return { ok: false, problem: 'it is empty' };
  if (bytes.length > MAX_TOKEN_BYTES)
    return { ok: false, problem: `it is larger than ${MAX_TOKEN_BYTES} bytes` };
  return { ok: true, secret };
}

/** The same of a device's token, of which only the hash is kept. */
export function readTokenFile(path: string): { ok: true; sha256: string } | { ok: false; problem: string } {
  const read = readSecretFile(path);
  return read.ok ? { ok: true, sha256: createHash('sha256').update(read.secret).digest('hex') } : read;
}
