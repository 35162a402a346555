import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeviceId } from '../domain/ports.ts';

/** Whose secret it is: one that is moved to another row does not open. */
export interface BoxName extends DeviceId {
  generation: number;
}

/** Encrypts what has to be kept and read again. Throws a sentence for the operator when the master key cannot be had. */
export interface Vault {
  lock(secret: Uint8Array, name: BoxName): Uint8Array;
  /** null when it is not what was locked under this name with this key. */
  unlock(box: Uint8Array, name: BoxName): Uint8Array | null;
}

const MASTER_KEY_FILE = 'seal-master.key';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Its message is a sentence for the operator. */
export class MasterKeyError extends Error {
  override name = 'MasterKeyError';
}

/**
 * AES-256-GCM under a master key in a file of its own, mode 0600, made when a first secret is locked: a copy of the registry alone
 * opens nothing. Random nonces of 96 bits are good for 2^32 secrets (NIST SP 800-38D, 8.3).
 */
export function sealVault(file: string): Vault {
  let key: Buffer | null = null;
  const keyFor = (mayMake: boolean): Buffer => {
    key ??= readKey(file) ?? (mayMake ? makeKey(file) : missing(file));
    return key;
  };
  return {
    lock(secret, name) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyFor(true), nonce).setAAD(labelOf(name));
      return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    unlock(box, name) {
      const end = box.length - TAG_BYTES;
      if (end < NONCE_BYTES) return null;
      const decipher = createDecipheriv('aes-256-gcm', keyFor(false), box.subarray(0, NONCE_BYTES));
      decipher.setAAD(labelOf(name)).setAuthTag(box.subarray(end));
      const secret = decipher.update(box.subarray(NONCE_BYTES, end));
      try {
        decipher.final();
        return new Uint8Array(secret);
      } catch {
        return null;
      }
    },
  };
}

/** Where the master key is: in the data folder unless the configuration says another place. */
export function masterKeyPath(directory: string, configured: string | undefined): string {
  return configured ?? join(directory, MASTER_KEY_FILE);
}

function labelOf({ tenant, device, generation }: BoxName): Buffer {
  return Buffer.from(`usewire seal ${tenant}.${device} ${generation}`);
}

function readKey(file: string): Buffer | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new MasterKeyError(`The master key of the seals cannot be read: ${message}.`);
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length === KEY_BYTES) return key;
  throw new MasterKeyError(`${file} holds no master key of seals: it has to be one line of 64 hex digits.`);
}

function makeKey(file: string): Buffer {
  const key = randomBytes(KEY_BYTES);
  try {
    // wx: whoever else makes it at this moment wins, and nothing is locked with a key that is not kept.
    writeFileSync(file, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    syncNames(dirname(file));
  } catch (error) {
    throw new MasterKeyError(`The master key of the seals cannot be made: ${(error as Error).message}.`);
  }
  return key;
}

/** The registry is about to keep what this key locks: the power must not take the name of its file. */
function syncNames(folder: string): void {
  // Windows opens no folder; it keeps names by itself.
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function missing(file: string): never {
  throw new MasterKeyError(
    `The master key of the seals is not at ${file}: bring it back, or give every device new seal keys.`,
  );
}
