import { type Boot, readBoot, writeBoot } from './boot.ts';
import { type ByteBuffer, ByteCursor } from './byte-buffer.ts';
import { beginFrame, endFrame, frameEnd, frameHeadBytes } from './frames.ts';

/** Lanes keep apart what is given up in different order. A lane is a row of segments, oldest first. */
export const Lane = { choice: 0, critical: 1, normal: 2, bulk: 3 } as const;

/** What stands before a message in its segment. */
export interface MessageHead {
  boot: Boot;
  seq: number;
  /** Records in it; `lost` = sum of its gap records. */
  records: number;
  lost: number;
  /** Records and losses in this lane before this message, since the device's first start. */
  before: number;
  /** Of `before`: how many no sync covered when this was written. Without them a hole is damage; what the power took is elsewhere. */
  unsynced: number;
  /** It holds rows `fromRow` to `toRow` (not included) of this batch of its boot; 0 = of none. Of a choice: the epoch it was made on. */
  batch: number;
  fromRow: number;
  toRow: number;
  /** It tells all debts up to this id. */
  toldDebtId: number;
  /** Made for a link that was open: the gateway may have it as soon as it is durable. */
  mayBeStored: boolean;
}

const Type = { segment: 0, message: 1 } as const;

/** First frame of a segment: its place in the lane, so that a damaged end of the segment before it can be counted. */
export function writeSegmentHead(out: ByteBuffer, before: number, unsynced: number): void {
  const frame = beginFrame(out);
  out.u8(Type.segment);
  out.varint(before);
  out.varint(unsynced);
  endFrame(out, frame);
}

export function writeMessageFrame(out: ByteBuffer, head: MessageHead, body: Uint8Array): void {
  const frame = beginFrame(out);
  out.u8(Type.message);
  writeBoot(out, head.boot);
  out.varint(head.seq);
  out.varint(head.records);
  out.varint(head.lost);
  out.varint(head.before);
  out.varint(head.unsynced);
  out.varint(head.batch);
  out.varint(head.fromRow);
  out.varint(head.toRow);
  out.varint(head.toldDebtId);
  out.u8(head.mayBeStored ? 1 : 0);
  out.raw(body);
  endFrame(out, frame);
}

function readHead(cursor: ByteCursor): MessageHead {
  return {
    boot: readBoot(cursor),
    seq: cursor.varint(),
    records: cursor.varint(),
    lost: cursor.varint(),
    before: cursor.varint(),
    unsynced: cursor.varint(),
    batch: cursor.varint(),
    fromRow: cursor.varint(),
    toRow: cursor.varint(),
    toldDebtId: cursor.varint(),
    mayBeStored: cursor.u8() === 1,
  };
}

/** A payload of a lane's segment: where it stands in the lane, and the message's head unless it is the segment's. */
export function readLaneFrame(
  bytes: Uint8Array,
  from: number,
  to: number,
): { before: number; unsynced: number; head: MessageHead | null } | null {
  const cursor = new ByteCursor(bytes, from, to);
  const type = cursor.u8();
  if (type === Type.segment) {
    const before = cursor.varint();
    const unsynced = cursor.varint();
    return cursor.ok ? { before: before, unsynced: unsynced, head: null } : null;
  }
  const head = readHead(cursor);
  if (type !== Type.message || !cursor.ok) return null;
  return { before: head.before, unsynced: head.unsynced, head: head };
}

/** The message inside a whole frame, or null when the frame is damaged. */
export function messageOf(frame: Uint8Array): Uint8Array | null {
  if (frameEnd(frame, 0) !== frame.length) return null;
  const cursor = new ByteCursor(frame, frameHeadBytes, frame.length);
  cursor.u8();
  readHead(cursor);
  return cursor.ok ? new Uint8Array(frame.subarray(cursor.at)) : null;
}
