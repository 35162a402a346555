import {
  Code,
  failure,
  type KindCode,
  kindName,
  limits,
  Reader,
  type Result,
  success,
} from '../wire/index.ts';

/** What can be told of a message without its model. */
export interface MessageHead {
  kind: KindCode;
  seq: number | null;
  boot: number | Uint8Array | null;
  uptimeMs: number | null;
  /** Leading bytes of the model hash: 4 in data, 8 in hello. */
  modelHash: Uint8Array | null;
}

function readBoot(reader: Reader): number | Uint8Array {
  return reader.peekMajor() === 2 ? reader.byteString(8, 8).slice() : reader.uint(limits.maxU32);
}

function readLabel(reader: Reader, head: MessageHead, label: number): boolean {
  if (label === 1) head.seq = reader.uint(limits.maxU32);
  else if (label === 2) head.boot = readBoot(reader);
  else if (label === 3) head.uptimeMs = reader.uint(limits.maxInt);
  else if (label === 4) head.modelHash = reader.byteString(4, 32).slice();
  else return false;
  return label < 4;
}

/**
 * Reads labels 0 to 4 and stops: for choosing the checker, the shard or the log line. Says nothing about the rest of the
 * message.
 */
export function peekHead(bytes: Uint8Array): Result<MessageHead> {
  const reader = new Reader(bytes);
  const pairs = reader.mapHead(1);
  const first = reader.int();
  const kind = reader.uint(limits.maxInt);
  if (reader.code !== 0) return { ok: false, error: reader.failure() };
  if (first !== 0) return failure(Code.schema, 1, 'label 0 (kind) is missing');
  if (kindName(kind) === 'unknown') return failure(Code.version, 2, `message kind ${kind} is not of POU 1`);
  const head: MessageHead = {
    kind: kind as KindCode,
    seq: null,
    boot: null,
    uptimeMs: null,
    modelHash: null,
  };
  let label = 0;
  for (let i = 1; i < pairs && reader.code === 0; i++) {
    label = reader.keyAfter(label, false);
    if (reader.code !== 0 || !readLabel(reader, head, label)) break;
  }
  return reader.code === 0 ? success(head) : { ok: false, error: reader.failure() };
}
