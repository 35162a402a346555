import { type Boot, Code, Label, limits, Major, Reader, type Result, success } from '../wire/index.ts';

/** What a seal needs to know of the message in it. */
export interface MessageHead {
  kind: number;
  seq: number | null;
  boot: Boot | null;
  uptimeMs: number | null;
}

function readBoot(reader: Reader): Boot {
  if (reader.peekMajor() === Major.bytes) return reader.byteString(8, 8).slice();
  return reader.uint(limits.maxU32);
}

/** Labels 0 to 3, which deterministic order puts first; the rest is the decoder's. */
export function readMessageHead(message: Uint8Array): Result<MessageHead> {
  const reader = new Reader(message);
  const pairs = reader.mapHead(1);
  if (reader.int() !== Label.kind) reader.fail(Code.schema, 1, 'label 0 (kind) is missing');
  const head: MessageHead = { kind: reader.uint(limits.maxInt), seq: null, boot: null, uptimeMs: null };
  let label = 0;
  for (let i = 1; i < pairs && reader.code === 0 && label < Label.uptimeMs; i++) {
    label = reader.keyAfter(label, false);
    if (reader.code !== 0) break;
    if (label === Label.seq) head.seq = reader.uint(limits.maxU32);
    else if (label === Label.boot) head.boot = readBoot(reader);
    else if (label === Label.uptimeMs) head.uptimeMs = reader.uint(limits.maxInt);
    else break;
  }
  return reader.code === 0 ? success(head) : { ok: false, error: reader.failure() };
}
