import { type Boot, readBoot, writeBoot } from './boot.ts';
import { type ByteBuffer, ByteCursor } from './byte-buffer.ts';
import { beginFrame, endFrame } from './frames.ts';
import type { Place } from './place.ts';
import type { WallTime } from './ports.ts';

/** Time of day at an uptime, so that rows of a boot that is over still get a clock. */
export interface Anchor {
  atMs: number;
  wall: WallTime;
}

/** What is the same for all rows of a batch, and so for the messages made of it. */
export interface BatchHead extends Place {
  boot: Boot;
  number: number;
  lane: number;
  epoch: number;
  /** First 8 bytes. */
  modelHash: Uint8Array;
  nextSeq: number;
  anchor: Anchor | null;
}

export const JournalType = { head: 0, rows: 1 } as const;
export const hashBytes = 8;

function writeAnchor(out: ByteBuffer, anchor: Anchor | null): void {
  if (anchor === null || !(anchor.wall.unixMs >= 0)) {
    out.u8(0);
    return;
  }
  out.u8(1);
  out.varint(anchor.atMs);
  out.varint(Math.round(anchor.wall.unixMs));
  out.u8(anchor.wall.quality);
  out.varint(anchor.wall.boundMs === undefined ? 0 : Math.ceil(anchor.wall.boundMs) + 1);
}

function readAnchor(cursor: ByteCursor): Anchor | null {
  if (cursor.u8() === 0) return null;
  const atMs = cursor.varint();
  const wall: WallTime = { unixMs: cursor.varint(), quality: cursor.u8() as WallTime['quality'] };
  const bound = cursor.varint();
  if (bound > 0) wall.boundMs = bound - 1;
  return { atMs: atMs, wall: wall };
}

export function writeHead(out: ByteBuffer, head: BatchHead): void {
  const frame = beginFrame(out);
  out.u8(JournalType.head);
  writeBoot(out, head.boot);
  out.varint(head.number);
  out.u8(head.lane);
  out.varint(head.epoch);
  out.raw(head.modelHash);
  out.varint(head.nextSeq);
  writeAnchor(out, head.anchor);
  endFrame(out, frame);
}

/** A journal frame: the head of its batch, or rows with the number of the first and how many they are. */
export type JournalFrame =
  | { type: 'head'; head: BatchHead }
  | { type: 'rows'; firstRow: number; count: number; cursor: ByteCursor };

export function readJournalFrame(
  bytes: Uint8Array,
  from: number,
  to: number,
  place: Place,
): JournalFrame | null {
  const cursor = new ByteCursor(bytes, from, to);
  if (cursor.u8() === JournalType.rows) {
    const firstRow = cursor.varint();
    const count = cursor.varint();
    return cursor.ok ? { type: 'rows', firstRow: firstRow, count: count, cursor: cursor } : null;
  }
  const head: BatchHead = {
    boot: readBoot(cursor),
    number: cursor.varint(),
    slot: place.slot,
    purpose: place.purpose,
    generation: place.generation,
    lane: cursor.u8(),
    epoch: cursor.varint(),
    modelHash: new Uint8Array(cursor.take(hashBytes)),
    nextSeq: cursor.varint(),
    anchor: readAnchor(cursor),
  };
  return cursor.ok ? { type: 'head', head: head } : null;
}
