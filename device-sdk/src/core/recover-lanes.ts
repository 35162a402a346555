import type { Disk } from './disk.ts';
import { frameHeadBytes, scanFrames } from './frames.ts';
import type { Done } from './marks.ts';
import type { Entry, Segment } from './message-entry.ts';
import { Lane, lanePrefixes, type MessageHead, readLaneFrame } from './message-frame.ts';
import { type LedgerFacts, messageKey, seenSeq } from './recover-ledger.ts';

/** A stretch of a lane whose messages are not there. */
export interface LaneHole {
  lane: number;
  /** Where it begins: segment and place in the lane. */
  name: string;
  from: number;
  to: number;
}

/** What the lanes' segments hold at a start. */
export interface LanesFound {
  segments: Segment[];
  numbers: number[];
  positions: number[];
  holes: LaneHole[];
  /** Places up to which a sync covered each lane, as far as its messages say. */
  durable: number[];
  /** Rows that are part of a message, by boot and batch. */
  cutRows: { [batch: string]: number[][] };
  /** The newest choice of each epoch. */
  choices: { [epoch: number]: Entry };
}

export function batchKey(bootKey: string, batch: number): string {
  return bootKey + '.' + batch;
}

function entryOf(segment: Segment, head: MessageHead, frame: { offset: number; length: number }): Entry {
  return {
    lane: segment.lane,
    boot: head.boot,
    seq: head.seq,
    records: head.records,
    lost: head.lost,
    before: head.before,
    segment: segment,
    offset: frame.offset,
    length: frame.length,
    toldDebtId: head.toldDebtId,
    state: 'waiting',
    mayBeStored: head.mayBeStored,
    // Found on the disk is not durable: the run before may have ended without a sync. The first one of this run covers it.
    stamp: 1,
    attempts: 0,
    notBeforeMs: 0,
  };
}

/** Done messages inside a damaged stretch were not lost. */
export function doneBetween(facts: LedgerFacts, lane: number, from: number, to: number): number {
  let amount = 0;
  const keys = Object.keys(facts.done);
  for (let i = 0; i < keys.length; i++) {
    const done: Done = facts.done[keys[i]];
    if (done.lane === lane && done.before >= from && done.before < to) amount += done.amount;
  }
  return amount;
}

function noteRows(found: LanesFound, head: MessageHead): void {
  if (head.toRow <= head.fromRow) return;
  const key = batchKey(head.boot.key, head.batch);
  if (found.cutRows[key] === undefined) found.cutRows[key] = [];
  found.cutRows[key].push([head.fromRow, head.toRow]);
}

function noteMessage(facts: LedgerFacts, entry: Entry): void {
  seenSeq(facts, entry.boot.key, entry.seq + 1);
  facts.toldId = Math.max(facts.toldId, entry.toldDebtId);
  const key = messageKey(entry.boot.key, entry.seq);
  if (facts.sent[key]) entry.mayBeStored = true;
  if (facts.done[key]) {
    entry.state = 'done';
  } else entry.segment.live += 1;
}

interface LanePlace {
  before: number;
  unsynced: number;
}

/** Where the next frame of a lane must stand; -1 when it is not known. */
interface Place {
  expected: number;
}

function noteFrame(found: LanesFound, segment: Segment, place: Place, frame: LanePlace): void {
  const lane = segment.lane;
  found.durable[lane] = Math.max(found.durable[lane], frame.before - frame.unsynced);
  if (place.expected >= 0 && frame.before > place.expected) {
    const from = place.expected;
    found.holes.push({ lane: lane, name: segment.name + '@' + from, from: from, to: frame.before });
  }
  place.expected = frame.before;
}

function readSegment(
  disk: Disk,
  facts: LedgerFacts,
  found: LanesFound,
  segment: Segment,
  place: Place,
): void {
  const bytes = disk.readAll(segment.name);
  if (bytes === null) return;
  scanFrames(bytes, function (from, to) {
    const frame = readLaneFrame(bytes, from, to);
    if (frame === null) return;
    noteFrame(found, segment, place, frame);
    if (frame.head !== null) {
      place.expected += frame.head.records + frame.head.lost;
      const offset = from - frameHeadBytes;
      const entry = entryOf(segment, frame.head, { offset: offset, length: to - offset });
      segment.entries.push(entry);
      noteRows(found, frame.head);
      noteMessage(facts, entry);
      if (entry.lane === Lane.choice) found.choices[frame.head.batch] = entry;
    }
    found.positions[segment.lane] = Math.max(found.positions[segment.lane], place.expected);
  });
}

/** Reads all segments of all lanes. Damaged bytes are passed over; what they held is a hole, counted exactly where it has a bound. */
export function readLanes(disk: Disk, facts: LedgerFacts): LanesFound {
  const found: LanesFound = {
    segments: [],
    numbers: [],
    positions: [],
    holes: [],
    durable: [],
    cutRows: {},
    choices: {},
  };
  for (let lane = 0; lane < lanePrefixes.length; lane++) {
    const files = disk.numbered(lanePrefixes[lane]);
    const place: Place = { expected: -1 };
    found.positions.push(0);
    found.durable.push(0);
    found.numbers.push(files.length === 0 ? 1 : files[files.length - 1].number + 1);
    for (let i = 0; i < files.length; i++) {
      // A number that is missing was removed as a whole, when all of it was done.
      if (i > 0 && files[i].number !== files[i - 1].number + 1) place.expected = -1;
      const segment: Segment = {
        name: files[i].name,
        number: files[i].number,
        lane: lane,
        entries: [],
        live: 0,
        sealed: true,
      };
      found.segments.push(segment);
      readSegment(disk, facts, found, segment, place);
    }
  }
  return found;
}
