import { decodeTree, type Tree } from '@usewire/protocol/wire';
import { bootKey } from './boot.ts';
import type { Disk } from './disk.ts';
import { bytesOf, contentAt, scanFrames } from './frame.ts';
import {
  amountOf,
  bodyOf,
  type Entry,
  entryOf,
  headOf,
  laneLetters,
  messageTree,
  positionOf,
  type Segment,
} from './message.ts';
import type { StoragePort } from './ports.ts';

/** What the journal knows of the messages. */
export interface MessageFacts {
  /** Null: there is no journal that can be read; then any message may be with the gateway. */
  run: unknown;
  /** By lane: number of the oldest segment, and the records of all messages before it. */
  numbers: number[];
  positions: number[];
  /** By id. */
  done: { [id: number]: boolean };
  sent: { [id: number]: boolean };
  nextId: number;
}

/** Records that cannot be read any more: `[lane, position of the first, count]`. */
export type Hole = number[];

/** What the messages say of other things. */
export interface MessagesFound {
  toldId: number;
  /** Next sequence number, by boot. */
  seqs: { [boot: string]: number };
  /** `[from, to]` of rows that are part of messages, by boot and batch. */
  rows: { [batch: string]: number[][] };
  holes: Hole[];
}

export interface Outbox {
  found: MessagesFound;
  /** By lane, oldest first. */
  segments: Segment[][];
  /** Messages and records that are not done. */
  live: number;
  liveRecords: number;
  /** Messages that memory holds the place of. */
  indexed: number;
  nextId: number;
  /** False: it would pass `maxBytes` of all segments, or the storage did not take it. */
  append(lane: number, entry: Entry, body: Uint8Array, maxBytes: number): boolean;
  /** Writes a message to the end of its lane, so that its segment can go. False as `append`. */
  move(entry: Entry, maxBytes: number): boolean;
  /** The message itself; null: it cannot be read any more. */
  read(entry: Entry): Uint8Array | null;
  settle(entry: Entry): void;
  /** Nothing is appended to it any more. */
  seal(segment: Segment): void;
  /** How many segments at the front of a lane hold nothing any more. */
  empty(lane: number): number;
  /** Takes them off, and answers their names. */
  dropEmpty(): string[];
  /** Number of the oldest segment by lane, and the records before it. */
  front(): { numbers: number[]; positions: number[] };
}

export function batchName(boot: string, batch: number): string {
  return boot + '/' + batch;
}

function raise(values: { [name: string]: number }, name: string, value: number): void {
  values[name] = Math.max(values[name] || 0, value);
}

export function createOutbox(
  storage: StoragePort,
  disk: Disk,
  segmentBytes: number,
  facts: MessageFacts,
): Outbox {
  /** By lane: records of all messages, number of the next segment, and the segment that is appended to. */
  const positions = facts.positions.slice(0);
  const numbers = facts.numbers.slice(0);
  const open: (Segment | undefined)[] = [];
  const byId: { [id: number]: Entry } = {};

  const addSegment = (lane: number, number: number): Segment => {
    const name = laneLetters.charAt(lane) + '-' + number;
    const made = { lane, name, position: positions[lane], entries: [], live: 0, stamp: 0 };
    numbers[lane] = number + 1;
    outbox.segments[lane].push(made);
    return made;
  };
  const add = (segment: Segment, entry: Entry, offset: number, length: number): Entry => {
    entry.segment = segment;
    entry.offset = offset;
    entry.bytes = length;
    entry.stamp = disk.stamp();
    entry.position = positions[segment.lane];
    entry.isDone = false;
    segment.entries.push(entry);
    segment.live++;
    positions[segment.lane] += amountOf(entry);
    outbox.indexed++;
    outbox.live++;
    outbox.liveRecords += entry.records;
    outbox.nextId = Math.max(outbox.nextId, entry.id + 1);
    return entry;
  };
  const loadFrame = (segment: Segment, tree: Tree[], offset: number, length: number): void => {
    const head = headOf(tree);
    const boot = bootKey(head.boot);
    const found = outbox.found;
    const hole = positionOf(tree) - positions[segment.lane];
    const isFirst = facts.run === null && segment.entries.length === 0;
    if (hole > 0 && !isFirst) found.holes.push([segment.lane, positions[segment.lane], hole]);
    positions[segment.lane] = positionOf(tree);
    head.isSent = head.isSent || facts.run === null || facts.sent[head.id] === true;
    found.toldId = Math.max(found.toldId, head.toldId);
    raise(found.seqs, boot, head.seq + 1);
    const name = batchName(boot, head.batch);
    found.rows[name] = (found.rows[name] || []).concat([[head.fromRow, head.toRow]]);
    const entry = add(segment, entryOf(head), offset, length);
    // It was moved to the end of its lane, and power failed before the segment that it came from was gone.
    if (byId[head.id] !== undefined) outbox.settle(byId[head.id]);
    byId[head.id] = entry;
    if (facts.done[head.id]) outbox.settle(entry);
  };
  const loadSegment = (lane: number, number: number): void => {
    const segment = addSegment(lane, number);
    const bytes = storage.read(segment.name, 0, disk.size(segment.name));
    if (bytes === null) return;
    scanFrames(bytes, (content, at) => {
      const tree = decodeTree(content) as Tree[] | null;
      if (tree !== null)
        loadFrame(segment, tree, at, content.byteOffset + content.length - bytes.byteOffset - at);
    });
  };
  const load = (lane: number): void => {
    const prefix = laneLetters.charAt(lane) + '-';
    const all = storage
      .list()
      .filter((name) => name.indexOf(prefix) === 0)
      .map((name) => Number(name.substring(2)));
    all.sort((a, b) => a - b);
    for (let i = 0; i < all.length; i++) {
      if (all[i] >= facts.numbers[lane]) loadSegment(lane, all[i]);
      else disk.removeLater(prefix + all[i]);
    }
  };
  const outbox: Outbox = {
    found: { toldId: 0, seqs: {}, rows: {}, holes: [] },
    segments: [[], [], [], []],
    live: 0,
    liveRecords: 0,
    indexed: 0,
    nextId: facts.nextId,
    append: (lane, entry, body, maxBytes) => {
      let segment = open[lane];
      if (segment === undefined || disk.size(segment.name) >= segmentBytes) {
        segment = open[lane] = addSegment(lane, numbers[lane]);
      }
      const content = bytesOf(messageTree(entry, positions[lane], body));
      const offset = disk.append(segment.name, content, maxBytes);
      if (offset < 0) return false;
      disk.request();
      add(segment, entry, offset, disk.size(segment.name) - offset);
      return true;
    },
    move: (entry, maxBytes) => {
      const former = entry.segment;
      const body = outbox.read(entry);
      if (body === null || !outbox.append(former.lane, entry, body, maxBytes)) return false;
      former.live--;
      former.stamp = disk.stamp();
      outbox.live--;
      outbox.liveRecords -= entry.records;
      return true;
    },
    read: (entry) => {
      const bytes = storage.read(entry.segment.name, entry.offset, entry.bytes);
      const content = bytes === null ? null : contentAt(bytes, 0);
      return content === null ? null : bodyOf(decodeTree(content) as Tree[]);
    },
    settle: (entry) => {
      if (entry.isDone) return;
      entry.isDone = true;
      entry.segment.live--;
      outbox.live--;
      outbox.liveRecords -= entry.records;
    },
    seal: (segment) => {
      if (open[segment.lane] === segment) open[segment.lane] = undefined;
    },
    empty: (lane) => {
      const held = outbox.segments[lane];
      let count = 0;
      while (
        count < held.length &&
        held[count].live === 0 &&
        held[count] !== open[lane] &&
        disk.isDurable(held[count].stamp)
      ) {
        count++;
      }
      return count;
    },
    dropEmpty: () => {
      const names: string[] = [];
      for (let lane = 0; lane < laneLetters.length; lane++) {
        const gone = outbox.segments[lane].splice(0, outbox.empty(lane));
        for (let i = 0; i < gone.length; i++) {
          outbox.indexed -= gone[i].entries.length;
          names.push(gone[i].name);
        }
      }
      return names;
    },
    front: () => {
      const first = (lane: number): Segment => outbox.segments[lane][outbox.empty(lane)];
      return {
        numbers: numbers.map((number, lane) =>
          first(lane) ? Number(first(lane).name.substring(2)) : number,
        ),
        positions: positions.map((position, lane) => (first(lane) ? first(lane).position : position)),
      };
    },
  };
  for (let lane = 0; lane < laneLetters.length; lane++) load(lane);
  return outbox;
}
