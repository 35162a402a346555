import { type Boot, readBoot, writeBoot } from './boot.ts';
import type { ByteBuffer, ByteCursor } from './byte-buffer.ts';

/** Causes of a gap, by their index on the wire (SPEC.md, Point 0). */
export const Cause = { evicted: 0, invalid: 1, storage: 2, power: 3, overflow: 4, shutdown: 5 } as const;
export type CauseCode = (typeof Cause)[keyof typeof Cause];
export const causeNames = ['evicted', 'invalid', 'storage', 'power', 'overflow', 'shutdown'] as const;

/** Lost records that are still to be told. */
export interface Debt {
  /** Grows by one; a message says up to which id it tells. */
  id: number;
  cause: CauseCode;
  count: number;
  /** When it was noticed, in the uptime of `boot`. */
  atMs: number;
  boot: Boot;
  /** First lost message, or -1. */
  firstSeq: number;
}

/** A message that is no longer waiting: stored by the gateway, or given up. */
export interface Done {
  lane: number;
  slot: number;
  purpose: number;
  boot: Boot;
  seq: number;
  /** Place in its row of segments, counted in records; with `amount` it tells what a damaged stretch held. */
  before: number;
  amount: number;
}

/** Facts of the ledger. Several in one frame become durable together, or none of them. */
export type Mark =
  | { type: 'done'; done: Done }
  | { type: 'debt'; debt: Debt }
  | { type: 'told'; debtId: number }
  /** About to be handed to a link: from here on the gateway may have it. */
  | { type: 'sent'; boot: Boot; seq: number }
  | { type: 'next'; boot: Boot; seq: number }
  /** Records missing in a journal, or in a lane from a place on, that are accounted for. */
  | { type: 'hole'; name: string; count: number }
  /** The first `count` rows of this batch are part of messages. */
  | { type: 'cut'; name: string; count: number }
  /** All before this file is repeated in it. */
  | { type: 'snapshot' };

const Tag = { done: 1, debt: 2, told: 3, next: 4, hole: 5, snapshot: 6, sent: 7, cut: 8 } as const;

function writeName(out: ByteBuffer, name: string): void {
  out.varint(name.length);
  for (let i = 0; i < name.length; i++) out.u8(name.charCodeAt(i));
}

function readName(cursor: ByteCursor): string {
  const bytes = cursor.take(cursor.varint());
  let name = '';
  for (let i = 0; i < bytes.length; i++) name += String.fromCharCode(bytes[i]);
  return name;
}

function writeDone(out: ByteBuffer, done: Done): void {
  out.u8(done.lane);
  out.u8(done.slot);
  out.u8(done.purpose);
  writeBoot(out, done.boot);
  out.varint(done.seq);
  out.varint(done.before);
  out.varint(done.amount);
}

function writeDebt(out: ByteBuffer, debt: Debt): void {
  out.varint(debt.id);
  out.u8(debt.cause);
  out.varint(debt.count);
  out.varint(debt.atMs);
  writeBoot(out, debt.boot);
  out.varint(debt.firstSeq + 1);
}

export function writeMark(out: ByteBuffer, mark: Mark): void {
  out.u8(Tag[mark.type]);
  if (mark.type === 'done') writeDone(out, mark.done);
  else if (mark.type === 'debt') writeDebt(out, mark.debt);
  else if (mark.type === 'told') out.varint(mark.debtId);
  else if (mark.type === 'next' || mark.type === 'sent') {
    writeBoot(out, mark.boot);
    out.varint(mark.seq);
  } else if (mark.type === 'hole' || mark.type === 'cut') {
    writeName(out, mark.name);
    out.varint(mark.count);
  }
}

function readDone(cursor: ByteCursor): Done {
  return {
    lane: cursor.u8(),
    slot: cursor.u8(),
    purpose: cursor.u8(),
    boot: readBoot(cursor),
    seq: cursor.varint(),
    before: cursor.varint(),
    amount: cursor.varint(),
  };
}

function readDebt(cursor: ByteCursor): Debt {
  return {
    id: cursor.varint(),
    cause: cursor.u8() as CauseCode,
    count: cursor.varint(),
    atMs: cursor.varint(),
    boot: readBoot(cursor),
    firstSeq: cursor.varint() - 1,
  };
}

/** The next mark of a frame, or null at its end. */
export function readMark(cursor: ByteCursor): Mark | null {
  if (cursor.at >= cursor.end) return null;
  switch (cursor.u8()) {
    case Tag.done:
      return { type: 'done', done: readDone(cursor) };
    case Tag.debt:
      return { type: 'debt', debt: readDebt(cursor) };
    case Tag.told:
      return { type: 'told', debtId: cursor.varint() };
    case Tag.next:
      return { type: 'next', boot: readBoot(cursor), seq: cursor.varint() };
    case Tag.sent:
      return { type: 'sent', boot: readBoot(cursor), seq: cursor.varint() };
    case Tag.hole:
      return { type: 'hole', name: readName(cursor), count: cursor.varint() };
    case Tag.cut:
      return { type: 'cut', name: readName(cursor), count: cursor.varint() };
    case Tag.snapshot:
      return { type: 'snapshot' };
    default:
      return null;
  }
}
