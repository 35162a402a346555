import { Code, failure, limits, Reader, type Result, success, Writer } from '../wire/index.ts';
import { Algorithm, ccmTagBytes, macBytes, signatureBytes } from './cose.ts';
import { CoseTag, SealLevel } from './level.ts';

/** A frame with its seal, taken apart and not verified. Byte strings are views into the frame. */
export interface SealedFrame {
  level: 1 | 2 | 3;
  algorithm: number;
  protectedHeader: Uint8Array;
  kid: Uint8Array;
  /** Empty but in S2. */
  partialIv: Uint8Array;
  /** The message, or the ciphertext with its tag in S2. */
  content: Uint8Array;
  /** MAC or signature; empty in S2. */
  proof: Uint8Array;
}

/** Most that a seal adds: S3 with a kid of 8 bytes. */
export const maxSealBytes = 88;
export const maxFrameBytes = limits.maxMessageBytes + maxSealBytes;

const HeaderLabel = { algorithm: 1, kid: 4, partialIv: 6 } as const;
const empty = new Uint8Array(0);

interface Profile {
  level: 1 | 2 | 3;
  algorithms: readonly number[];
  proofBytes: number;
}

const profiles: Record<number, Profile> = {
  [CoseTag.mac0]: { level: SealLevel.mac, algorithms: [Algorithm.hmac256Of64], proofBytes: macBytes },
  [CoseTag.encrypt0]: { level: SealLevel.encrypted, algorithms: [Algorithm.ccm16Of64], proofBytes: 0 },
  [CoseTag.sign1]: {
    level: SealLevel.signed,
    algorithms: [Algorithm.esp256, Algorithm.ed25519, Algorithm.es256, Algorithm.eddsa],
    proofBytes: signatureBytes,
  },
};

/** The protected header {1: algorithm} as the bytes that are covered. */
export function protectedHeaderOf(algorithm: number): Uint8Array {
  const writer = new Writer(16);
  writer.mapHead(1);
  writer.uint(HeaderLabel.algorithm);
  writer.int(algorithm);
  return writer.finish();
}

/** The bytes of a frame. Only `partialIv` of S2 and `proof` of the others are written. */
export function frameBytes(frame: SealedFrame): Uint8Array {
  const writer = new Writer(maxFrameBytes);
  const encrypted = frame.level === SealLevel.encrypted;
  const signed = frame.level === SealLevel.signed;
  writer.tag(encrypted ? CoseTag.encrypt0 : signed ? CoseTag.sign1 : CoseTag.mac0);
  writer.arrayHead(encrypted ? 3 : 4);
  writer.bytes(frame.protectedHeader);
  writer.mapHead(encrypted ? 2 : 1);
  writer.uint(HeaderLabel.kid);
  writer.bytes(frame.kid);
  if (encrypted) {
    writer.uint(HeaderLabel.partialIv);
    writer.bytes(frame.partialIv);
  }
  writer.bytes(frame.content);
  if (!encrypted) writer.bytes(frame.proof);
  return writer.finish();
}

function readLabel(reader: Reader, label: number): void {
  const at = reader.at;
  const found = reader.int();
  if (reader.code === 0 && found !== label) reader.fail(Code.schema, at, `header label ${label} expected`);
}

/** The one parameter of the protected header; `reader` stands behind the header's bytes. */
function readAlgorithm(reader: Reader, header: Uint8Array, profile: Profile): number {
  if (reader.code !== 0) return 0;
  const start = reader.at - header.length;
  const inner = new Reader(header);
  if (inner.mapHead(1) > 1) inner.fail(Code.schema, 0, 'protected header of more than the algorithm');
  readLabel(inner, HeaderLabel.algorithm);
  const at = inner.at;
  const algorithm = inner.int();
  inner.finish();
  if (inner.code === 0 && !profile.algorithms.includes(algorithm)) {
    inner.fail(Code.schema, at, `algorithm ${algorithm} is not of this level`);
  }
  if (inner.code !== 0) reader.fail(inner.code, start + inner.offset, inner.detail);
  return algorithm;
}

function readUnprotected(reader: Reader, encrypted: boolean): { kid: Uint8Array; partialIv: Uint8Array } {
  const at = reader.at;
  const pairs = reader.mapHead(1);
  if (reader.code === 0 && pairs !== (encrypted ? 2 : 1)) {
    reader.fail(Code.schema, at, `unprotected header of ${pairs} parameters`);
  }
  readLabel(reader, HeaderLabel.kid);
  const kid = reader.byteString(1, 8);
  if (!encrypted) return { kid, partialIv: empty };
  readLabel(reader, HeaderLabel.partialIv);
  return { kid, partialIv: reader.byteString(1, 12) };
}

function readTag(reader: Reader): Profile | null {
  const tag = reader.tag();
  const profile = profiles[tag] ?? null;
  if (reader.code === 0 && profile === null) reader.fail(Code.schema, 0, `tag ${tag} is not of POU 1`);
  return profile;
}

/** Takes a frame apart, strictly: deterministic CBOR, exactly the members of its level, every length held to its bounds. */
export function parseFrame(frame: Uint8Array): Result<SealedFrame> {
  if (frame.length > maxFrameBytes) return failure(Code.tooLarge, 0, `${frame.length} bytes in one frame`);
  const reader = new Reader(frame);
  const profile = readTag(reader);
  if (profile === null) return { ok: false, error: reader.failure() };
  const encrypted = profile.level === SealLevel.encrypted;
  const members = encrypted ? 3 : 4;
  reader.arrayHead(members, members);
  const protectedHeader = reader.byteString(1, 16);
  const algorithm = readAlgorithm(reader, protectedHeader, profile);
  const { kid, partialIv } = readUnprotected(reader, encrypted);
  const tagBytes = encrypted ? ccmTagBytes : 0;
  const content = reader.byteString(1 + tagBytes, limits.maxMessageBytes + tagBytes);
  const proof = encrypted ? empty : reader.byteString(profile.proofBytes, profile.proofBytes);
  reader.finish();
  if (reader.code !== 0) return { ok: false, error: reader.failure() };
  return success({ level: profile.level, algorithm, protectedHeader, kid, partialIv, content, proof });
}
