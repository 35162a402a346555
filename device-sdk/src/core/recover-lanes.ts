import type { Disk } from './disk.ts';
import { frameHeadBytes, scanFrames } from './frames.ts';
import type { Done } from './marks.ts';
import type { Entry, Segment } from './message-entry.ts';
import { Lane, type MessageHead, readLaneFrame } from './message-frame.ts';
import { type LaneName, laneKey, lanePrefixes, type Place, readLaneName } from './place.ts';
import { type LedgerFacts, messageKey, seenSeq } from './recover-ledger.ts';

/** A stretch of a row of segments whose messages are not there. */
export interface LaneHole {
  key: string;
  /** Where it begins: segment and place in its row. */
  name: string;
  from: number;
  to: number;
}

/** What the lanes' segments hold at a start. */
export interface LanesFound {
  segments: Segment[];
  /** Next number of a segment, by lane. */
  numbers: number[];
  /** The last segment, and where the next message will stand, by row of segments (`laneKey`). */
  last: { [key: string]: number };
  positions: { [key: string]: number };
  holes: LaneHole[];
  /** Places up to which a sync covered each row, as far as its messages say. */
  durable: { [key: string]: number };
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
export function doneBetween(facts: LedgerFacts, key: string, from: number, to: number): number {
  let amount = 0;
  const keys = Object.keys(facts.done);
  for (let i = 0; i < keys.length; i++) {
    const done: Done = facts.done[keys[i]];
    const isHere = laneKey(done.lane, done.slot, done.purpose) === key;
    if (isHere && done.before >= from && done.before < to) amount += done.amount;
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

/** Where the next frame of a row must stand; -1 when it is not known. */
interface RowPlace {
  key: string;
  expected: number;
}

function raise(places: { [key: string]: number }, key: string, to: number): void {
  places[key] = Math.max(places[key] || 0, to);
}

function noteFrame(found: LanesFound, segment: Segment, place: RowPlace, frame: LanePlace): void {
  raise(found.durable, place.key, frame.before - frame.unsynced);
  if (place.expected >= 0 && frame.before > place.expected) {
    const from = place.expected;
    found.holes.push({ key: place.key, name: segment.name + '@' + from, from: from, to: frame.before });
  }
  place.expected = frame.before;
}

function readSegment(
  disk: Disk,
  facts: LedgerFacts,
  found: LanesFound,
  segment: Segment,
  place: RowPlace,
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
    raise(found.positions, place.key, place.expected);
  });
}

function laneFiles(disk: Disk, lane: number): LaneName[] {
  const files: LaneName[] = [];
  const names = disk.names();
  for (let i = 0; i < names.length; i++) {
    const name = readLaneName(names[i]);
    if (name !== null && name.lane === lane) files.push(name);
  }
  return files.sort(function (a, b) {
    return a.number - b.number;
  });
}

function segmentOf(name: LaneName): Segment {
  return {
    name: name.name,
    lane: name.lane,
    number: name.number,
    slot: name.slot,
    purpose: name.purpose,
    generation: name.generation,
    previous: name.previous,
    entries: [],
    live: 0,
    sealed: true,
  };
}

function readFile(disk: Disk, facts: LedgerFacts, found: LanesFound, segment: Segment): void {
  const key = laneKey(segment.lane, segment.slot, segment.purpose);
  // The one before it was removed as a whole, when all of it was done.
  const isNext = segment.previous > 0 && found.last[key] === segment.previous;
  const position = found.positions[key];
  const place: RowPlace = { key: key, expected: isNext && position !== undefined ? position : -1 };
  readSegment(disk, facts, found, segment, place);
  found.last[key] = segment.number;
}

function nothingFound(): LanesFound {
  return {
    segments: [],
    numbers: [],
    last: {},
    positions: {},
    holes: [],
    durable: {},
    cutRows: {},
    choices: {},
  };
}

/**
 * Reads all segments of all lanes. Damaged bytes are passed over; what they held is a hole, counted exactly where it has a bound. Of segments
 * that nobody allows any more only the numbers of messages are taken, so that none is used again.
 */
export function readLanes(disk: Disk, facts: LedgerFacts, allows: (place: Place) => boolean): LanesFound {
  const found = nothingFound();
  const refused = nothingFound();
  for (let lane = 0; lane < lanePrefixes.length; lane++) {
    const files = laneFiles(disk, lane);
    found.numbers.push(files.length === 0 ? 1 : files[files.length - 1].number + 1);
    for (let i = 0; i < files.length; i++) {
      const segment = segmentOf(files[i]);
      const isAllowed = lane === Lane.choice || allows(segment);
      readFile(disk, facts, isAllowed ? found : refused, segment);
      if (isAllowed) found.segments.push(segment);
    }
  }
  return found;
}
