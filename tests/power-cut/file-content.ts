import type { CutRandom } from './cut-random.ts';

/** What a disk writes whole or not at all. 512: the smallest that is sold, and stricter than 4096. */
const SECTOR_BYTES = 512;

type Change = { offset: number; bytes: Buffer } | { size: number };

/** A file's bytes on the medium, and what was written since the last sync and may or may not have reached it. */
export interface FileContent {
  write(offset: number, bytes: Buffer): void;
  truncate(size: number): void;
  sync(): void;
  /** With everything that was written. */
  whole(): Buffer;
  /** As a loss of power may leave it. */
  afterCut(random: CutRandom): Buffer;
}

export function fileContent(settled: Buffer = Buffer.alloc(0)): FileContent {
  const medium = growing(settled);
  let changes: Change[] = [];
  return {
    write: (offset, bytes) => void changes.push({ offset, bytes }),
    truncate: (size) => void changes.push({ size }),
    sync() {
      for (const change of changes) apply(medium, change);
      changes = [];
    },
    whole() {
      const copy = growing(medium.bytes());
      for (const change of changes) apply(copy, change);
      return copy.bytes();
    },
    afterCut(random) {
      const copy = growing(medium.bytes());
      for (const change of changes) {
        if ('size' in change) {
          if (random.survives()) copy.truncate(change.size);
        } else {
          for (const sector of sectorsOf(change))
            if (random.survives()) copy.write(sector.offset, sector.bytes);
        }
      }
      return copy.bytes();
    },
  };
}

function apply(target: GrowingBytes, change: Change): void {
  if ('size' in change) target.truncate(change.size);
  else target.write(change.offset, change.bytes);
}

/** The parts of a write that lie in one sector each. */
function sectorsOf({
  offset,
  bytes,
}: {
  offset: number;
  bytes: Buffer;
}): { offset: number; bytes: Buffer }[] {
  const parts: { offset: number; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
    parts.push({ offset: offset + at, bytes: bytes.subarray(at, end) });
    at = end;
  }
  return parts;
}

interface GrowingBytes {
  write(offset: number, bytes: Buffer): void;
  truncate(size: number): void;
  /** Not to be written to. */
  bytes(): Buffer;
}

/** A hole reads as zeros, as in a file. */
function growing(initial: Buffer): GrowingBytes {
  let room = Buffer.from(initial);
  let size = initial.length;
  function truncate(to: number): void {
    if (to > room.length) {
      const more = Buffer.alloc(Math.max(to, room.length * 2));
      room.copy(more, 0, 0, size);
      room = more;
    }
    if (to < size) room.fill(0, to, size);
    size = to;
  }
  return {
    truncate,
    write(offset, bytes) {
      if (offset + bytes.length > size) truncate(offset + bytes.length);
      bytes.copy(room, offset);
    },
    bytes: () => room.subarray(0, size),
  };
}
