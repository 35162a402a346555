import type { Tree } from '@usewire/protocol/wire';
import type { Boot } from './boot.ts';

/** Messages of one lane leave in order; lanes overtake each other. When room is needed, the last lane goes first, choices never. */
export const choiceLane = 0;
export const criticalLane = 1;
export const normalLane = 2;
export const bulkLane = 3;
export const laneLetters = 'cknb';

export interface Segment {
  lane: number;
  name: string;
  /** Records of all messages of the lane before it. */
  position: number;
  entries: Entry[];
  /** Entries that are not done. */
  live: number;
  /** Of the copies of messages that were moved out of it. */
  stamp: number;
}

/** What the disk says of a message. */
export interface MessageHead {
  /** Only grows, over all runs; a message that was moved keeps it. */
  id: number;
  boot: Boot;
  seq: number;
  /** The gateway may have it: it is never given up as lost. */
  isSent: boolean;
  records: number;
  /** Records that its gap records tell. */
  lost: number;
  /** Rows of this batch from `fromRow` to before `toRow` are part of it. */
  batch: number;
  fromRow: number;
  toRow: number;
  /** Debts up to this id are told by this message or by earlier ones. */
  toldId: number;
}

/** Of one entry on the heap of a 64-bit engine, estimated. */
export const entryBytes = 300;

/** A message on the disk. */
export interface Entry extends MessageHead {
  segment: Segment;
  /** Records of all messages of the lane before it. */
  position: number;
  /** Of its frame. */
  offset: number;
  bytes: number;
  /** Of the sync that makes durable what must be before it is sent. */
  stamp: number;
  isDone: boolean;
  /** On its way under this tag; 0 = it is not. */
  tag: number;
  sentAtMs: number;
  attempts: number;
  notBeforeMs: number;
}

/** The frame's content. `position` = records of all messages of the lane before it. */
export function messageTree(head: MessageHead, position: number, body: Uint8Array): Tree {
  const counts = [head.records, head.lost, head.batch, head.fromRow, head.toRow, head.toldId];
  return ([head.id, head.boot, head.seq, head.isSent, position] as Tree[]).concat(counts, [body]);
}

export function headOf(tree: Tree[]): MessageHead {
  const counts = tree as number[];
  return {
    id: counts[0],
    boot: tree[1] as Boot,
    seq: counts[2],
    isSent: tree[3] as boolean,
    records: counts[5],
    lost: counts[6],
    batch: counts[7],
    fromRow: counts[8],
    toRow: counts[9],
    toldId: counts[10],
  };
}

export function positionOf(tree: Tree[]): number {
  return tree[4] as number;
}

export function bodyOf(tree: Tree[]): Uint8Array {
  return tree[11] as Uint8Array;
}

export function amountOf(entry: MessageHead): number {
  return entry.records + entry.lost;
}

/** Its place is filled in when it is on the disk. */
export function entryOf(head: MessageHead): Entry {
  const entry = head as Entry;
  entry.tag = entry.sentAtMs = entry.attempts = entry.notBeforeMs = 0;
  return entry;
}
