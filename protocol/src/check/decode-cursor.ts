import { Code, type CodeNumber, limits } from '../wire/index.ts';

/**
 * A place in a message, with a sticky failure: the first refusal is kept and moves the place to the end, so that the reads that follow
 * find nothing and the loops stop. Nothing is thrown and nothing outside [0, end) is read.
 */
export interface Cursor {
  bytes: Uint8Array;
  pos: number;
  end: number;
  /** 0 = no failure so far. */
  code: CodeNumber | 0;
  offset: number;
  detail: string;
}

/** Keeps the first failure. Returns 0 so that a reader can return it in place of a value. */
export function refuse(c: Cursor, code: CodeNumber, detail: string): 0 {
  if (c.code === 0) {
    c.code = code;
    c.offset = c.pos;
    c.detail = detail;
    c.pos = c.end;
  }
  return 0;
}

/** The argument behind a head of 1, 2, 4 or 8 more bytes, which are all there. */
function wideArgument(c: Cursor, size: number): number {
  const b = c.bytes;
  const at = c.pos + 1;
  if (size === 1) return b[at]!;
  if (size === 2) return (b[at]! << 8) | b[at + 1]!;
  const high = ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
  if (size === 4) return high;
  const low = ((b[at + 4]! << 24) | (b[at + 5]! << 16) | (b[at + 6]! << 8) | b[at + 7]!) >>> 0;
  return high * 4294967296 + low;
}

/** The least number that needs an argument of 1, 2, 4, 8 bytes. */
const leastWide = [24, 256, 65536, 4294967296];

/** The same for an item that has been read already. */
export function refuseAt(c: Cursor, at: number, code: CodeNumber, detail: string): 0 {
  if (c.code === 0) c.pos = at;
  return refuse(c, code, detail);
}

/** The argument of the head at the cursor, which must have this major type; moves past the head. */
export function readArgument(c: Cursor, major: number, what: string): number {
  if (c.pos >= c.end) return refuse(c, Code.malformed, `the message ends before ${what}`);
  const head = c.bytes[c.pos]!;
  if (head >> 5 !== major) return refuse(c, Code.schema, `${what} has the wrong type`);
  const info = head & 31;
  if (info < 24) {
    c.pos += 1;
    return info;
  }
  if (info > 27) return refuse(c, Code.malformed, `${what} has a reserved or indefinite length`);
  const size = 1 << (info - 24);
  if (c.pos + 1 + size > c.end) return refuse(c, Code.malformed, `the message ends inside ${what}`);
  const n = wideArgument(c, size);
  if (n < leastWide[info - 24]!)
    return refuse(c, Code.notDeterministic, `${what} is not in its shortest form`);
  if (n > Number.MAX_SAFE_INTEGER) return refuse(c, Code.outOfRange, `${what} is beyond 2^53 - 1`);
  c.pos += 1 + size;
  return n;
}

export function readUint(c: Cursor, what: string): number {
  if (c.pos < c.end) {
    const head = c.bytes[c.pos]!;
    if (head < 24) {
      c.pos += 1;
      return head;
    }
    if (head === 24 && c.pos + 1 < c.end && c.bytes[c.pos + 1]! >= 24) {
      c.pos += 2;
      return c.bytes[c.pos - 1]!;
    }
  }
  return readArgument(c, 0, what);
}

export function readInt(c: Cursor, what: string): number {
  if (c.pos < c.end) {
    const head = c.bytes[c.pos]!;
    if (head < 24) {
      c.pos += 1;
      return head;
    }
    if (head >= 32 && head < 56) {
      c.pos += 1;
      return 31 - head;
    }
    if (head >> 5 === 1) return readNegative(c, what);
  }
  return readUint(c, what);
}

function readNegative(c: Cursor, what: string): number {
  const start = c.pos;
  const n = readArgument(c, 1, what);
  if (n < Number.MAX_SAFE_INTEGER) return -1 - n;
  return refuseAt(c, start, Code.outOfRange, `${what} is below -(2^53 - 1)`);
}

/** A count of items that each take at least one byte: checked against what is left before anyone allocates for it. */
export function readCount(c: Cursor, major: number, what: string): number {
  const start = c.pos;
  const n = readArgument(c, major, what);
  if (major === 4 && n > limits.maxArrayItems)
    return refuseAt(c, start, Code.malformed, `${what} are more than 65,536`);
  if (n > c.end - c.pos)
    return refuseAt(c, start, Code.malformed, `${what} counts more items than there are bytes left`);
  return n;
}
