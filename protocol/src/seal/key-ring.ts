import type { KeyObject } from 'node:crypto';
import type { Direction } from './binding.ts';
import { algorithmsOf } from './cose.ts';
import { type DeviceKeys, deriveKeys, deviceSecretBytes, upEncryptionKey } from './keys.ts';
import { generationOf } from './kid.ts';

/** One generation of a device's keys: a secret for S1 and S2, a public key for S3, or both. */
export interface KeyGeneration {
  generation: number;
  /** 32 bytes. */
  secret?: Uint8Array;
  /** Ed25519 or P-256. */
  publicKey?: KeyObject;
  /** Nothing sealed with it is taken. */
  revoked?: boolean;
  /** Its grace is over: refused as an older generation is, whose owner is told to renew its key. */
  expired?: boolean;
}

export type KeyState = 'usable' | 'expired' | 'revoked' | 'unknown';

export interface FoundKey {
  state: KeyState;
  /** Null when the ring does not have it (any more). */
  key: RingKey | null;
}

// Boot ids come in frames that nobody has verified yet: what is kept for them is bounded.
const maxBootKeys = 16;

/** Keys of one generation, derived when they are first asked for. */
export class RingKey {
  readonly generation: number;
  readonly publicKey: KeyObject | null;
  private readonly secret: Uint8Array | null;
  private derived: DeviceKeys | null = null;
  private readonly bootKeys = new Map<string, Uint8Array>();

  constructor(options: KeyGeneration) {
    if (options.secret === undefined && options.publicKey === undefined) {
      throw new Error(`generation ${options.generation} has neither a secret nor a public key`);
    }
    if (options.secret !== undefined && options.secret.length !== deviceSecretBytes) {
      throw new Error(`a device secret of ${options.secret.length} bytes, not 32`);
    }
    if (options.publicKey !== undefined && algorithmsOf(options.publicKey).length === 0) {
      throw new Error('a public key that is neither Ed25519 nor P-256');
    }
    this.generation = options.generation;
    this.secret = options.secret ?? null;
    this.publicKey = options.publicKey ?? null;
  }

  /** Null when the generation has no secret. */
  macKey(direction: Direction): Uint8Array | null {
    const keys = this.keys();
    return keys && (direction === 'up' ? keys.upMac : keys.dnMac);
  }

  /** `boot`: the random boot id, up only. */
  encryptionKey(direction: Direction, boot?: Uint8Array): Uint8Array | null {
    const keys = this.keys();
    if (keys === null || this.secret === null) return null;
    if (direction === 'dn') return keys.dnEnc;
    return boot === undefined ? keys.upEnc : this.bootKey(this.secret, boot);
  }

  private keys(): DeviceKeys | null {
    if (this.derived === null && this.secret !== null) this.derived = deriveKeys(this.secret);
    return this.derived;
  }

  private bootKey(secret: Uint8Array, boot: Uint8Array): Uint8Array {
    const name = Buffer.from(boot).toString('hex');
    const known = this.bootKeys.get(name);
    if (known) return known;
    const key = upEncryptionKey(secret, boot);
    if (this.bootKeys.size >= maxBootKeys) this.bootKeys.clear();
    this.bootKeys.set(name, key);
    return key;
  }
}

export interface KeyRing {
  /** The generation that seals. */
  current: RingKey;
  find(kid: Uint8Array): FoundKey;
}

/**
 * A device's keys by generation. Generation n = `current` and n - 1 are taken, a later one if it
 * is there (a device may be ahead); an older one is expired, and worth keeping a
 * while: only with it can a late device be told from a forger (see `open`). `revoked` refuses every generation.
 */
export function keyRing(
  current: number,
  generations: KeyGeneration[],
  options: { revoked?: boolean } = {},
): KeyRing {
  const keys = new Map(generations.map((each) => [each.generation, new RingKey(each)]));
  const those = (state: 'revoked' | 'expired') =>
    new Set(generations.filter((each) => each[state]).map((each) => each.generation));
  const revoked = those('revoked');
  const expired = those('expired');
  const key = keys.get(current);
  if (key === undefined) throw new Error(`the ring has no key of its current generation ${current}`);
  if (keys.size !== generations.length) throw new Error('the ring has a generation twice');

  function stateOf(generation: number): KeyState {
    if (options.revoked || revoked.has(generation)) return 'revoked';
    if (generation < current - 1 || expired.has(generation)) return 'expired';
    return keys.has(generation) ? 'usable' : 'unknown';
  }

  function find(kid: Uint8Array): FoundKey {
    const generation = generationOf(kid);
    if (generation === null) return { state: 'unknown', key: null };
    return { state: stateOf(generation), key: keys.get(generation) ?? null };
  }

  return { current: key, find };
}
