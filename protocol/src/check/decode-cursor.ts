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

function wide(c: Cursor, bytes: number): number {
  let n = 0;
  for (let i = 0; i < bytes; i++) n = n * 256 + c.bytes[c.pos + 1 + i]!;
  return n;
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
  const n = wide(c, size);
  const least = info === 24 ? 24 : 2 ** (4 * size);
  if (n < least) return refuse(c, Code.notDeterministic, `${what} is not in its shortest form`);
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
  c.pos = start;
  return refuse(c, Code.outOfRange, `${what} is below -(2^53 - 1)`);
}

/** A count of items that each take at least one byte: checked against what is left before anyone allocates for it. */
export function readCount(c: Cursor, major: number, what: string): number {
  const n = readArgument(c, major, what);
  if (major === 4 && n > limits.maxArrayItems)
    return refuse(c, Code.malformed, `${what} are more than 65,536`);
  if (n > c.end - c.pos)
    return refuse(c, Code.malformed, `${what} counts more items than there are bytes left`);
  return n;
}
