import type { KeyObject } from 'node:crypto';
import { limits } from '../wire/index.ts';
import { type Binding, externalAad } from './binding.ts';
import { Algorithm, algorithmsOf, ccmEncrypt, macTag, signatureOf } from './cose.ts';
import { frameBytes, protectedHeaderOf, type SealedFrame } from './frame.ts';
import type { KeyRing } from './key-ring.ts';
import { kidOf } from './kid.ts';
import { isEncryptable, SealLevel, type SealLevelCode } from './level.ts';
import { readMessageHead } from './message-head.ts';
import { counterPartialIv, nonceOf, randomBootOf, upPartialIv } from './nonce.ts';

/** Who signs S3. */
export interface Signer {
  /** Travels as the kid. */
  generation: number;
  /** Ed25519 or P-256. */
  privateKey: KeyObject;
  /** Sends the ids from before RFC 9864 (-8, -7), for verifiers that know no others. */
  olderIds?: boolean;
}

export interface SealContext extends Binding {
  /** S1, S2. */
  keys?: KeyRing;
  /** S3. */
  signer?: Signer;
  /** S2 down: the gateway's counter of 64 bits for this device, one more for every frame and stored before it is used. */
  counter?: bigint;
}

const empty = new Uint8Array(0);

function need<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`cannot seal without ${what}`);
  return value;
}

function partialIvFor(message: Uint8Array, context: SealContext): Uint8Array {
  if (context.direction === 'dn') return counterPartialIv(need(context.counter, 'a counter'));
  const head = readMessageHead(message);
  if (!head.ok) throw new Error(`cannot seal what is no message: ${head.error.detail}`);
  if (!isEncryptable(head.value.kind)) {
    throw new Error(`kind ${head.value.kind} has no seq of its own and cannot be encrypted: use S1`);
  }
  return upPartialIv(need(head.value.boot, 'a boot'), need(head.value.seq, 'a seq'));
}

function mac0(message: Uint8Array, context: SealContext): SealedFrame {
  const { current } = need(context.keys, 'keys');
  const algorithm = Algorithm.hmac256Of64;
  const covered = { protectedHeader: protectedHeaderOf(algorithm), aad: externalAad(context) };
  const proof = macTag(need(current.macKey(context.direction), 'a secret'), covered, message);
  const kid = kidOf(current.generation);
  return { level: 1, algorithm, ...covered, kid, partialIv: empty, content: message, proof };
}

function encrypt0(message: Uint8Array, context: SealContext): SealedFrame {
  const { current } = need(context.keys, 'keys');
  const algorithm = Algorithm.ccm16Of64;
  const partialIv = partialIvFor(message, context);
  const boot = context.direction === 'up' ? randomBootOf(partialIv) : undefined;
  const key = need(current.encryptionKey(context.direction, boot), 'a secret');
  const covered = { protectedHeader: protectedHeaderOf(algorithm), aad: externalAad(context) };
  const content = ccmEncrypt({ ...covered, key, nonce: nonceOf(partialIv) }, message);
  return {
    level: 2,
    algorithm,
    ...covered,
    kid: kidOf(current.generation),
    partialIv,
    content,
    proof: empty,
  };
}

function sign1(message: Uint8Array, context: SealContext): SealedFrame {
  const { privateKey, generation, olderIds } = need(context.signer, 'a signer');
  const algorithm = algorithmsOf(privateKey)[olderIds ? 1 : 0];
  if (algorithm === undefined) throw new Error('a signing key that is neither Ed25519 nor P-256');
  const covered = { protectedHeader: protectedHeaderOf(algorithm), aad: externalAad(context) };
  const proof = signatureOf(privateKey, covered, message);
  return {
    level: 3,
    algorithm,
    ...covered,
    kid: kidOf(generation),
    partialIv: empty,
    content: message,
    proof,
  };
}

/**
 * The frame of a message. Level 0 gives the message itself. The same message under one generation gives the same bytes
 * (but for ES256), so it may be sealed anew for each sending. What cannot be sealed is a bug of the caller and throws:
 * no key, no counter, a kind without a seq of its own in S2.
 */
export function seal(level: SealLevelCode, message: Uint8Array, context: SealContext): Uint8Array {
  if (message.length < 1 || message.length > limits.maxMessageBytes) {
    throw new Error(`cannot seal ${message.length} bytes`);
  }
  switch (level) {
    case SealLevel.none:
      return message;
    case SealLevel.mac:
      return frameBytes(mac0(message, context));
    case SealLevel.encrypted:
      return frameBytes(encrypt0(message, context));
    case SealLevel.signed:
      return frameBytes(sign1(message, context));
  }
}
