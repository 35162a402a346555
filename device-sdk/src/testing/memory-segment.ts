/** Bytes of a segment in memory, and which of them would survive the loss of power. */
export interface MemorySegment {
  bytes: Uint8Array;
  size: number;
  /** Bytes that survive the loss of power; -1: the segment itself would be gone. */
  durable: number;
  /** Where each write begins that no sync covers. */
  starts: number[];
  /** Bytes that were overwritten, and no sync covers that; null = none. */
  wiped: Uint8Array | null;
}

export function newSegment(): MemorySegment {
  return { bytes: new Uint8Array(256), size: 0, durable: -1, starts: [], wiped: null };
}

export function appendTo(segment: MemorySegment, bytes: Uint8Array): void {
  if (segment.size + bytes.length > segment.bytes.length) {
    const larger = new Uint8Array(2 * (segment.size + bytes.length));
    larger.set(segment.bytes.subarray(0, segment.size));
    segment.bytes = larger;
  }
  segment.bytes.set(bytes, segment.size);
  segment.starts.push(segment.size);
  segment.size += bytes.length;
}

/** The first `size` bytes are durable from now on. */
export function syncedTo(segment: MemorySegment, size: number): void {
  segment.durable = Math.max(segment.durable, size);
  segment.starts = segment.starts.filter((start) => start >= segment.durable);
}

/** Zeros over all of it, in their places. */
export function wipeAll(segment: MemorySegment): void {
  segment.wiped ??= segment.bytes.slice(0, segment.size);
  segment.bytes.fill(0, 0, segment.size);
}

/** Overwriting came to the disk up to some byte, or not at all. */
function undoWipe(segment: MemorySegment, random: (() => number) | undefined): void {
  const before = segment.wiped;
  if (before === null) return;
  const kept = random === undefined ? 0 : Math.floor(random() * 1.5 * before.length);
  if (kept < before.length) segment.bytes.set(before.subarray(kept), kept);
  segment.wiped = null;
}

function keepNothing(segment: MemorySegment, from: number): void {
  segment.bytes.fill(0, from);
  segment.size = from;
}

/** Each write survives or not, whatever came after it; a hole reads as zeros, and a write may be torn at any byte. */
function keepSome(segment: MemorySegment, random: () => number): void {
  const end = segment.size;
  const share = random() < 0.3 ? 1 : random();
  let kept = Math.max(0, segment.durable);
  segment.starts.forEach((start, index) => {
    const next = segment.starts[index + 1] ?? end;
    const isKept = random() < share;
    const until = !isKept ? start : random() < 0.2 ? start + Math.floor(random() * (next - start)) : next;
    segment.bytes.fill(0, until, next);
    if (isKept) kept = until;
  });
  // The length of a file may have come to the disk before its bytes.
  segment.size = random() < 0.1 ? end : kept;
}

/** The power fails: what no sync covers is gone, or what `random` keeps of it. False: the segment itself is gone. */
export function losePower(segment: MemorySegment, random: (() => number) | undefined): boolean {
  undoWipe(segment, random);
  const isNamed = segment.durable >= 0 || (random !== undefined && random() < 0.5);
  const isAllGone = random === undefined || !isNamed || random() < 0.25;
  if (isAllGone) keepNothing(segment, Math.max(0, segment.durable));
  else keepSome(segment, random);
  segment.durable = segment.size;
  segment.starts = [];
  return isNamed;
}
