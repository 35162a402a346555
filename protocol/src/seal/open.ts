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
  /** Of messages that carry them: for who keeps what was taken, and for `judgeAnnouncement`. */
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
  /** Of the key that the sender has proven to hold, which an answer is sealed with; null = none. */
  keyGeneration: number | null;
}

export type OpenResult = { ok: true; value: Opened } | { ok: false; error: SealFailure };

/** What proves no key: nothing is answered. */
function refuse(code: CodeNumber, detail: string): OpenResult {
  return failed({ code, offset: 0, detail }, { answer: null, keyGeneration: null });
}

function failed(
  failure: WireFailure,
  answer: Pick<SealFailure, 'answer' | 'keyGeneration'>,
): { ok: false; error: SealFailure } {
  return { ok: false, error: { ...failure, ...answer } };
}

/** What is wrong with a message whose sender is known. */
function tell(code: CodeNumber, detail: string, keyGeneration: number | null): OpenResult {
  return failed({ code, offset: 0, detail }, { answer: code, keyGeneration });
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
  const keyGeneration = generationOf(frame.kid);
  if (!head.ok) return failed(head.error, { answer: head.error.code, keyGeneration });
  const { kind } = head.value;
  if (frame.level === SealLevel.encrypted && context.direction === 'up') {
    if (!isEncryptable(kind)) return tell(Code.schema, `kind ${kind} cannot be encrypted`, keyGeneration);
    if (!isNonceOf(frame.partialIv, head.value)) {
      return tell(Code.schema, 'the nonce is not boot and seq of the message', keyGeneration);
    }
  }
  if (!satisfies(frame.level, context.minimum ?? SealLevel.mac, kind)) {
    return tell(Code.authRequired, `S${frame.level} where more is needed`, keyGeneration);
  }
  return opened(payload, factsOf(frame, context.direction), head.value);
}

function openSealed(bytes: Uint8Array, context: OpenContext): OpenResult {
  const parsed = parseFrame(bytes);
  if (!parsed.ok) return failed(parsed.error, { answer: null, keyGeneration: null });
  const frame = parsed.value;
  if (frame.level === SealLevel.encrypted && !isPartialIv(frame.partialIv, context.direction)) {
    return refuse(Code.notDeterministic, 'Partial IV not in its one form');
  }
  const { state, key } = context.keys.find(frame.kid);
  if (state === 'revoked' || state === 'unknown') return refuse(Code.notAuthorised, `${state} key`);
  const payload = key && proven(frame, key, context);
  if (state === 'expired') {
    // Only who proves to hold the old key is told to fetch the new one.
    const detail = 'key of an older generation';
    return payload ? tell(Code.keyExpired, detail, generationOf(frame.kid)) : refuse(Code.keyExpired, detail);
  }
  if (payload === null) return refuse(Code.notAuthorised, 'seal does not hold');
  return checkMessage(frame, payload, context);
}

function openPlain(bytes: Uint8Array, context: OpenContext): OpenResult {
  if (!satisfies(SealLevel.none, context.minimum ?? SealLevel.mac, 0)) {
    return tell(Code.authRequired, 'no seal where one is needed', null);
  }
  if (bytes.length > limits.maxMessageBytes) {
    return tell(Code.tooLarge, `${bytes.length} bytes in one message`, null);
  }
  const head = readMessageHead(bytes);
  if (!head.ok) return failed(head.error, { answer: head.error.code, keyGeneration: null });
  return opened(bytes, { level: SealLevel.none, keyGeneration: null, counter: null }, head.value);
}

/**
 * The message of a frame, when its seal holds for this tenant, device and direction and reaches the minimum. Never throws,
 * whatever the bytes. Replay is not looked at here: that is for who keeps what was taken, and for `judgeAnnouncement`.
 */
export function open(frame: Uint8Array, context: OpenContext): OpenResult {
  const level = peekLevel(frame);
  if (level === null) return refuse(Code.malformed, 'neither a message nor a seal of POU 1');
  return level === SealLevel.none ? openPlain(frame, context) : openSealed(frame, context);
}
