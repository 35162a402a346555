import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the store is made with (`schema.ts`); a header that says something else is not believed. */
export const PAGE_BYTES = 4_096;
const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES;

/** Pages of a database file as they are on the disk, newer ones in its log first. Nothing is locked and nothing is changed. */
export interface PageSource {
  /** Pages in the file or, if that is more, up to the last one in its log. */
  count: number;
  /** Page 1..count; null where the file ends before it. */
  page(number: number): Buffer | null;
  /** Frames of the log that do not fit their checksums though later ones do: it was damaged, not torn by a crash. */
  badFrames: number;
  close(): void;
}

export function openPages(path: string): PageSource {
  const log = readLog(`${path}-wal`);
  const file = existsSync(path) ? openSync(path, 'r') : null;
  const filePages = file === null ? 0 : Math.floor(fstatSync(file).size / PAGE_BYTES);
  const count = Math.max(filePages, ...log.frames.keys());
  return {
    count,
    badFrames: log.badFrames,
    page(number) {
      const newer = log.frames.get(number);
      if (newer !== undefined) return log.read(newer);
      if (file === null || number > filePages) return null;
      const page = Buffer.allocUnsafe(PAGE_BYTES);
      return readSync(file, page, 0, PAGE_BYTES, (number - 1) * PAGE_BYTES) === PAGE_BYTES ? page : null;
    },
    close() {
      if (file !== null) closeSync(file);
      log.close();
    },
  };
}

interface Log {
  /** Where the newest image of a page is, by page number. */
  frames: Map<number, number>;
  badFrames: number;
  read(at: number): Buffer | null;
  close(): void;
}

const NO_LOG: Log = { frames: new Map(), badFrames: 0, read: () => null, close: () => {} };

/** Frames of damaged logs that SQLite itself would not look at: all behind the first bad one. */
export function damagedFrames(path: string): number {
  const log = readLog(`${path}-wal`);
  log.close();
  return log.badFrames;
}

/** https://sqlite.org/fileformat2.html#the_write_ahead_log. Frames of finished transactions only; bad ones are left out. */
function readLog(path: string): Log {
  if (!existsSync(path)) return NO_LOG;
  const fd = openSync(path, 'r');
  const header = Buffer.alloc(WAL_HEADER_BYTES);
  const frame = Buffer.alloc(FRAME_BYTES);
  const log: Log = {
    frames: new Map(),
    badFrames: 0,
    read(at) {
      const page = Buffer.allocUnsafe(PAGE_BYTES);
      return readSync(fd, page, 0, PAGE_BYTES, at) === PAGE_BYTES ? page : null;
    },
    close: () => closeSync(fd),
  };
  if (readSync(fd, header, 0, WAL_HEADER_BYTES, 0) < WAL_HEADER_BYTES) return log;
  const littleEndian = header.readUInt32BE(0) === 0x377f0682;
  let sum: Checksum = [header.readUInt32BE(24), header.readUInt32BE(28)];
  let open = new Map<number, number>();
  let bad = 0;
  for (
    let at = WAL_HEADER_BYTES;
    readSync(fd, frame, 0, FRAME_BYTES, at) === FRAME_BYTES;
    at += FRAME_BYTES
  ) {
    // The salt tells frames of this log from those of an earlier one that it overwrites.
    if (frame.compare(header, 16, 24, 8, 16) !== 0) break;
    const before = sum;
    sum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
    if (!sameSum(checksum(frame, before, littleEndian), sum)) {
      bad += 1;
      continue;
    }
    // Good behind bad: that is damage. Bad at the end alone is what a crash leaves.
    log.badFrames = bad;
    open.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [number, place] of open) log.frames.set(number, place);
    open = new Map();
  }
  return log;
}

type Checksum = [number, number];

function sameSum(a: Checksum, b: Checksum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function checksum(frame: Buffer, before: Checksum, littleEndian: boolean): Checksum {
  let [a, b] = before;
  const read = littleEndian ? (at: number) => frame.readUInt32LE(at) : (at: number) => frame.readUInt32BE(at);
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += 8) {
      a = (a + read(at) + b) >>> 0;
      b = (b + read(at + 4) + a) >>> 0;
    }
  };
  add(0, 8);
  add(FRAME_HEADER_BYTES, FRAME_BYTES);
  return [a, b];
}
