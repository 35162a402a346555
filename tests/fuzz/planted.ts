import { mutate } from './mutate.ts';
import { type BytesTarget, bytesTarget } from './target.ts';

/**
 * Readers of one format, each but `right` with a bug as parsers have them, for the test of the fuzzer. The format: sections of a length
 * byte and so many bytes.
 */
const RIGHT = Buffer.from('03aabbcc0501020304050000', 'hex');

function reader(take: (bytes: Uint8Array) => void | Promise<void>): () => BytesTarget {
  return () =>
    bytesTarget({
      make: (random) => mutate(random, RIGHT, RIGHT),
      async take(bytes, count) {
        await take(bytes);
        count(bytes.length > RIGHT.length ? 'longer' : 'shorter');
      },
    });
}

function sections(bytes: Uint8Array, each: (length: number, at: number) => void): void {
  for (let at = 0; at < bytes.length; at += 1 + bytes[at]!) each(bytes[at]!, at + 1);
}

const kept: Uint8Array[] = [];

/** So much time of a processor, on any machine and however busy it is. */
function work(ms: number): void {
  const begun = process.cpuUsage();
  for (let used = 0; used < ms * 1000; ) {
    const { user, system } = process.cpuUsage(begun);
    used = user + system;
  }
}

export const targets = {
  right: reader((bytes) => sections(bytes, (length, at) => void bytes.subarray(at, at + length))),
  /** Reads a number of two bytes where there may be one. */
  boundary: reader((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    sections(bytes, (length, at) => void (length > 1 && view.getUint16(at)));
  }),
  /** Makes room for what a length promises. */
  trustsLength: reader((bytes) => {
    const promised = Buffer.concat([bytes, Buffer.alloc(4)]).readUInt32BE(0);
    new Uint8Array(Math.min(promised, 300_000_000));
  }),
  /** A cache that nothing leaves. */
  remembersAll: reader((bytes) => void kept.push(new Uint8Array(20_000).fill(bytes.length))),
  /** Work that grows faster than what comes in. */
  quadratic: reader((bytes) => {
    if (bytes.length > 40) work(150);
  }),
  /** A length that leads back to itself. */
  standsStill: reader((bytes) => {
    for (let at = 0; at < bytes.length; ) at += bytes[at] === 0xff ? 0 : 1;
  }),
  /** A promise that is not awaited. */
  strayPromise: reader((bytes) => {
    if (bytes[0] === 0x80) void Promise.reject(new Error('nobody waits for this'));
  }),
  /** What native code does when it is asked too much. */
  dies: reader((bytes) => {
    if (bytes.length > 30) process.abort();
  }),
};
