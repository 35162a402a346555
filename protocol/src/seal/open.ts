import { type Boot, Code, type CodeNumber, limits, type WireFailure } from '../wire/index.ts';
import { type Binding, externalAad } from './binding.ts';
import { algorithmsOf, ccmDecrypt, macHolds, signatureHolds } from './cose.ts';
import { parseFrame, type SealedFrame } from './frame.ts';
import type { KeyRing, RingKey } from './key-ring.ts';
import { generationOf } from './kid.ts';
import { isEncryptable, peekLevel, SealLevel, type SealLevelCode, satisfies } from './level.ts';
import { type MessageHead, readMessageHead } from './message-head.ts';
import { counterOf, isPartialIv, nonceOf, randomBootOf, upPartialIv } from './nonce.ts';

export interface OpenContext extends Binding {
  keys: KeyRing;
  /** Lowest level that is taken (`minimumLevel`). Absent = S1: that a message needs no seal has to be said. */
  minimum?: SealLevelCode;
}

export interface Opened {
  level: SealLevelCode;
  /** The message, not decoded yet. A view into the frame, except in S2. */
  payload: Uint8Array;
  /** Null in S0. */
  keyGeneration: number | null;
  /** Of the nonce of S2 down, which only grows; null elsewhere. */
  counter: bigint | null;
  kind: number;
  /** Of messages that carry them: for `judgeReplay` and `judgeAnnouncement`. */
  seq: number | null;
  boot: Boot | null;
  uptimeMs: number | null;
}

/**
 * `code` is for the counter and the log. `answer` is what the sender may be told: null where there is no proof that the
 * sender is the device, so that a forger learns nothing and cannot make the gateway talk.
 */
export interface SealFailure extends WireFailure {
  answer: CodeNumber | null;
}

export type OpenResult = { ok: true; value: Opened } | { ok: false; error: SealFailure };

function refuse(code: CodeNumber, detail: string, answer: CodeNumber | null = null): OpenResult {
  return { ok: false, error: { code, offset: 0, detail, answer } };
}

/** What the seal itself says of an opened message. */
type SealFacts = Pick<Opened, 'level' | 'keyGeneration' | 'counter'>;

function opened(payload: Uint8Array, facts: SealFacts, head: MessageHead): OpenResult {
  return { ok: true, value: { ...facts, payload, ...head } };
}

function factsOf(frame: SealedFrame, direction: Binding['direction']): SealFacts {
  const isCounted = frame.level === SealLevel.encrypted && direction === 'dn';
  const counter = isCounted ? counterOf(frame.partialIv) : null;
  return { level: frame.level, keyGeneration: generationOf(frame.kid), counter };
}

/** The message of a frame whose proof holds with a key, else null. */
function proven(frame: SealedFrame, key: RingKey, binding: Binding): Uint8Array | null {
  const { protectedHeader, content, proof } = frame;
  const covered = { protectedHeader, aad: externalAad(binding) };
  if (frame.level === SealLevel.mac) {
    const secret = key.macKey(binding.direction);
    return secret !== null && macHolds(proof, secret, covered, content) ? content : null;
  }
  if (frame.level === SealLevel.encrypted) {
    const secret = key.encryptionKey(binding.direction, randomBootOf(frame.partialIv));
    return secret && ccmDecrypt({ ...covered, key: secret, nonce: nonceOf(frame.partialIv) }, content);
  }
  // The id has to be one of the key's: a signature is never checked by the algorithm that the frame asks for.
  const { publicKey } = key;
  if (publicKey === null || !algorithmsOf(publicKey).includes(frame.algorithm)) return null;
  return signatureHolds(proof, publicKey, covered, content) ? content : null;
}

function isNonceOf(partialIv: Uint8Array, head: MessageHead): boolean {
  if (head.boot === null || head.seq === null) return false;
  return Buffer.compare(partialIv, upPartialIv(head.boot, head.seq)) === 0;
}

/** What only the message can show, once it is known to be the device's. */
function checkMessage(frame: SealedFrame, payload: Uint8Array, context: OpenContext): OpenResult {
  const head = readMessageHead(payload);
  if (!head.ok) return { ok: false, error: { ...head.error, answer: head.error.code } };
  const { kind } = head.value;
  if (frame.level === SealLevel.encrypted && context.direction === 'up') {
    if (!isEncryptable(kind)) return refuse(Code.schema, `kind ${kind} cannot be encrypted`, Code.schema);
    if (!isNonceOf(frame.partialIv, head.value)) {
      return refuse(Code.schema, 'the nonce is not boot and seq of the message', Code.schema);
    }
  }
  if (!satisfies(frame.level, context.minimum ?? SealLevel.mac, kind)) {
    return refuse(Code.authRequired, `S${frame.level} where more is needed`, Code.authRequired);
  }
  return opened(payload, factsOf(frame, context.direction), head.value);
}

function openSealed(bytes: Uint8Array, context: OpenContext): OpenResult {
  const parsed = parseFrame(bytes);
  if (!parsed.ok) return { ok: false, error: { ...parsed.error, answer: null } };
  const frame = parsed.value;
  if (frame.level === SealLevel.encrypted && !isPartialIv(frame.partialIv, context.direction)) {
    return refuse(Code.notDeterministic, 'Partial IV not in its one form');
  }
  const { state, key } = context.keys.find(frame.kid);
  if (state === 'revoked' || state === 'unknown') return refuse(Code.notAuthorised, `${state} key`);
  const payload = key && proven(frame, key, context);
  if (state === 'expired') {
    // Only who proves to hold the old key is told to fetch the new one.
    return refuse(Code.keyExpired, 'key of an older generation', payload ? Code.keyExpired : null);
  }
  if (payload === null) return refuse(Code.notAuthorised, 'seal does not hold');
  return checkMessage(frame, payload, context);
}

function openPlain(bytes: Uint8Array, context: OpenContext): OpenResult {
  if (!satisfies(SealLevel.none, context.minimum ?? SealLevel.mac, 0)) {
    return refuse(Code.authRequired, 'no seal where one is needed', Code.authRequired);
  }
  if (bytes.length > limits.maxMessageBytes) {
    return refuse(Code.tooLarge, `${bytes.length} bytes in one message`, Code.tooLarge);
  }
  const head = readMessageHead(bytes);
  if (!head.ok) return { ok: false, error: { ...head.error, answer: head.error.code } };
  return opened(bytes, { level: SealLevel.none, keyGeneration: null, counter: null }, head.value);
}

/**
 * The message of a frame, when its seal holds for this tenant, device and direction and reaches the minimum. Never throws,
 * whatever the bytes. Replay is not looked at here: see `judgeReplay` and `judgeAnnouncement`.
 */
export function open(frame: Uint8Array, context: OpenContext): OpenResult {
  const level = peekLevel(frame);
  if (level === null) return refuse(Code.malformed, 'neither a message nor a seal of POU 1');
  return level === SealLevel.none ? openPlain(frame, context) : openSealed(frame, context);
}
