import { createHmac, hkdfSync } from 'node:crypto';
import { isId } from '../wire/index.ts';

export const deviceSecretBytes = 32;

/** Keys of one device secret: one for each direction and use, so that no key sees two kinds of work. */
export interface DeviceKeys {
  upMac: Uint8Array;
  upEnc: Uint8Array;
  dnMac: Uint8Array;
  dnEnc: Uint8Array;
}

const none = new Uint8Array(0);

function derive(secret: Uint8Array, salt: Uint8Array, info: string, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, info, bytes));
}

function requireSecret(secret: Uint8Array): void {
  if (secret.length !== deviceSecretBytes)
    throw new Error(`a device secret of ${secret.length} bytes, not 32`);
}

/** AES key of messages up. `boot` = the random boot id: then (boot, seq) may start anew and the key may not. */
export function upEncryptionKey(secret: Uint8Array, boot: Uint8Array = none): Uint8Array {
  requireSecret(secret);
  return derive(secret, boot, 'pou1 up enc', 16);
}

/**
 * HKDF-SHA-256 (RFC 5869) of a device secret of 32 bytes. `boot` is the random boot id of a device that keeps no boot
 * counter; it salts `upEnc` alone, the one key whose nonce would come again (POU-SEAL-6).
 */
export function deriveKeys(secret: Uint8Array, options: { boot?: Uint8Array } = {}): DeviceKeys {
  if (options.boot !== undefined && options.boot.length !== 8) {
    throw new Error(`a random boot id of ${options.boot.length} bytes, not 8`);
  }
  return {
    upMac: derive(secret, none, 'pou1 up mac', 32),
    upEnc: upEncryptionKey(secret, options.boot),
    dnMac: derive(secret, none, 'pou1 dn mac', 32),
    dnEnc: derive(secret, none, 'pou1 dn enc', 16),
  };
}

/** HMAC-SHA-256(group key, device id): a gateway that has the group key needs no list of device secrets. */
export function deviceSecretFromGroup(groupKey: Uint8Array, device: string): Uint8Array {
  if (groupKey.length < deviceSecretBytes) throw new Error('a group key of less than 32 bytes');
  if (!isId(device)) throw new Error(`not a device id: ${device}`);
  return new Uint8Array(createHmac('sha256', groupKey).update(device).digest());
}
