import type { Boot } from './boot.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { Disk } from './disk.ts';
import { createDurablePosition, type DurablePosition } from './durable-position.ts';
import type { Ledger } from './ledger.ts';
import { Cause, type Mark } from './marks.ts';
import { doneOf, type Entry, type Segment } from './message-entry.ts';
import { Lane, type MessageHead, messageOf, writeMessageFrame, writeSegmentHead } from './message-frame.ts';
import { laneKey, laneName, type Place } from './place.ts';
import type { LanesFound } from './recover-lanes.ts';
import type { Syncer } from './sync.ts';

export interface Outbox {
  /** Null: no room (which `always` passes over), or the storage failed. The message is then not stored, whole or in part. */
  append(place: Place, lane: number, message: NewMessage, always: boolean): Entry | null;
  read(entry: Entry): Uint8Array | null;
  /** Messages of records that wait, of a slot or (-1) of all, in the order of their segments. */
  waitingOf(slot: number): Entry[];
  done(entry: Entry): void;
  /** Gives up messages, bulk first and oldest first, until `bytes` more fit or nothing is left to give up. */
  makeRoom(bytes: number): void;
  /** Forgets the messages that nobody allows any more, sent or not; their files are the disk's to overwrite. Returns their records. */
  drop(allows: (place: Place) => boolean): number;
  /** Removes segments that hold nothing any more. */
  sweep(): void;
  /** Marks that a snapshot of the ledger repeats: all that is known of messages whose segments are still there. */
  marks(): Mark[];
  liveMessages(): number;
  liveRecords(): number;
  /** Memory of the index, estimated. */
  indexBytes(): number;
}

export interface NewMessage {
  head: MessageHead;
  body: Uint8Array;
}

export type OutboxStart = Pick<LanesFound, 'segments' | 'numbers' | 'last' | 'positions'>;

export interface OutboxContext {
  disk: Disk;
  syncer: Syncer;
  ledger: Ledger;
  boot: Boot;
  nextSeq: () => number;
  segmentBytes: number;
  maxIndexBytes: number;
}

/** Of one entry on the heap of a 64-bit engine; measured at 150 to 180. */
const entryBytes = 180;

export function createOutbox(context: OutboxContext, start: OutboxStart): Outbox {
  const disk = context.disk;
  const out = new ByteBuffer(1024);
  const open: { [key: string]: Segment } = {};
  let segments = start.segments.slice(0);
  const numbers = start.numbers.slice(0);
  const last = start.last;
  const positions = start.positions;
  const durable: { [key: string]: DurablePosition } = {};
  /** Removed, but the removal is not durable yet. */
  let leaving: Segment[] = [];
  let indexed = 0;
  let live = 0;
  let liveRecords = 0;
  for (let i = 0; i < segments.length; i++) {
    indexed += segments[i].entries.length;
    live += segments[i].live;
    for (let j = 0; j < segments[i].entries.length; j++) {
      if (segments[i].entries[j].state !== 'done') liveRecords += segments[i].entries[j].records;
    }
  }

  const settle = function (entry: Entry): void {
    if (entry.state === 'done') return;
    entry.state = 'done';
    entry.segment.live -= 1;
    live -= 1;
    liveRecords -= entry.records;
    context.ledger.add({ type: 'done', done: doneOf(entry) });
  };
  const openSegment = function (key: string, lane: number, place: Place): Segment {
    const held = open[key];
    if (held !== undefined) {
      const isSame = held.generation === place.generation && !held.sealed;
      if (isSame && disk.sizeOf(held.name) < context.segmentBytes) return held;
      held.sealed = true;
    }
    const number = numbers[lane]++;
    const previous = last[key] || 0;
    const made: Segment = {
      name: laneName(lane, number, previous, place),
      number: number,
      previous: previous,
      lane: lane,
      slot: place.slot,
      purpose: place.purpose,
      generation: place.generation,
      entries: [],
      live: 0,
      sealed: false,
    };
    segments.push(made);
    last[key] = number;
    open[key] = made;
    return made;
  };
  const durableOf = function (key: string): DurablePosition {
    if (durable[key] === undefined) {
      if (positions[key] === undefined) positions[key] = 0;
      durable[key] = createDurablePosition(context.syncer, positions[key]);
    }
    return durable[key];
  };
  const append = function (place: Place, lane: number, message: NewMessage, always: boolean): Entry | null {
    const key = laneKey(lane, place.slot, place.purpose);
    const durablePlace = durableOf(key);
    const head = message.head;
    const segment = openSegment(key, lane, place);
    const size = disk.sizeOf(segment.name);
    head.before = positions[key];
    head.unsynced = positions[key] - durablePlace.value();
    out.size = 0;
    if (size === 0) writeSegmentHead(out, head.before, head.unsynced);
    const offset = out.size;
    writeMessageFrame(out, head, message.body);
    if (!disk.append(segment.name, out, 0, always)) return null;
    positions[key] += head.records + head.lost;
    durablePlace.moved(positions[key]);
    const entry: Entry = {
      lane: lane,
      boot: head.boot,
      seq: head.seq,
      records: head.records,
      lost: head.lost,
      before: head.before,
      segment: segment,
      offset: size + offset,
      length: out.size - offset,
      toldDebtId: head.toldDebtId,
      state: 'waiting',
      mayBeStored: head.mayBeStored,
      stamp: context.syncer.stamp(),
      attempts: 0,
      notBeforeMs: 0,
    };
    segment.entries.push(entry);
    segment.live += 1;
    indexed += 1;
    live += 1;
    liveRecords += entry.records;
    context.syncer.request();
    return entry;
  };
  /** True when something of this segment was given up. */
  const giveUp = function (segment: Segment): boolean {
    let any = false;
    for (let i = 0; i < segment.entries.length; i++) {
      const entry = segment.entries[i];
      if (entry.state !== 'waiting' || entry.mayBeStored) continue;
      // Its rows may still be in a journal: given up now, a power failure could bring them back beside the loss.
      if (!context.syncer.isDurable(entry.stamp)) continue;
      any = true;
      const ours = entry.boot.key === context.boot.key;
      context.ledger.owe(Cause.evicted, entry.records + entry.lost, ours ? entry.seq : -1);
      settle(entry);
    }
    if (any) segment.sealed = true;
    return any;
  };
  const needsRoom = function (bytes: number): boolean {
    return (
      disk.used() - disk.leaving() + bytes > disk.maxBytes || indexed * entryBytes > context.maxIndexBytes
    );
  };
  /** What the frames of a segment say by being there, and what must outlive them. */
  const keepFacts = function (segment: Segment): void {
    let toldId = 0;
    for (let i = 0; i < segment.entries.length; i++) toldId = Math.max(toldId, segment.entries[i].toldDebtId);
    context.ledger.add({ type: 'told', debtId: toldId });
    context.ledger.add({ type: 'next', boot: context.boot, seq: context.nextSeq() });
  };
  /** Removes sealed segments without live messages. Losses and facts are written before; one sync makes all of it durable. */
  const removeEmpty = function (): void {
    const empty = segments.filter(function (segment) {
      return segment.sealed && segment.live === 0;
    });
    for (let i = 0; i < empty.length; i++) keepFacts(empty[i]);
    if (empty.length === 0 || !context.ledger.commit()) return;
    for (let i = 0; i < empty.length; i++) {
      indexed -= empty[i].entries.length;
      disk.removeLast(empty[i].name);
      leaving.push(empty[i]);
    }
    segments = segments.filter(function (segment) {
      return empty.indexOf(segment) < 0;
    });
  };
  /** A row that nothing is written to any more keeps no room. */
  const sealDone = function (): void {
    for (let i = 0; i < segments.length; i++) {
      if (segments[i].live === 0) segments[i].sealed = true;
    }
    removeEmpty();
  };
  const makeRoom = function (bytes: number): void {
    if (!needsRoom(bytes)) return;
    sealDone();
    for (let lane = Lane.bulk as number; lane >= Lane.critical && needsRoom(bytes); lane--) {
      const ofLane = segments.filter(function (segment) {
        return segment.lane === lane;
      });
      for (let i = 0; i < ofLane.length && needsRoom(bytes); i++) {
        if (giveUp(ofLane[i])) removeEmpty();
      }
    }
  };
  const dropSegment = function (segment: Segment): number {
    let dropped = 0;
    // What its frames say by being there is durable before they are overwritten.
    keepFacts(segment);
    for (let i = 0; i < segment.entries.length; i++) {
      const entry = segment.entries[i];
      if (entry.state === 'done') continue;
      dropped += entry.records;
      // Losses are nobody's: told by a message that goes, they are told again.
      context.ledger.owe(Cause.evicted, entry.lost, -1);
      entry.state = 'done';
      live -= 1;
      liveRecords -= entry.records;
    }
    segment.sealed = true;
    indexed -= segment.entries.length;
    return dropped;
  };
  return {
    append: append,
    makeRoom: makeRoom,
    waitingOf: function (slot: number): Entry[] {
      const found: Entry[] = [];
      for (let i = 0; i < segments.length; i++) {
        const segment = segments[i];
        if (segment.lane === Lane.choice || (slot >= 0 && segment.slot !== slot)) continue;
        for (let j = 0; j < segment.entries.length; j++) {
          if (segment.entries[j].state !== 'done') found.push(segment.entries[j]);
        }
      }
      return found;
    },
    drop: function (allows: (place: Place) => boolean): number {
      let dropped = 0;
      out.wipe();
      segments = segments.filter(function (segment) {
        const stays = segment.lane === Lane.choice || allows(segment);
        if (!stays) dropped += dropSegment(segment);
        return stays;
      });
      return dropped;
    },
    done: settle,
    read: function (entry: Entry): Uint8Array | null {
      const frame = disk.read(entry.segment.name, entry.offset, entry.length);
      return frame === null ? null : messageOf(frame);
    },
    sweep: function (): void {
      for (let i = 0; i < segments.length; i++) {
        const segment = segments[i];
        // A segment that is half full and all done is closed, so that an idle device keeps little.
        const half = disk.sizeOf(segment.name) > context.segmentBytes / 2;
        if (!segment.sealed && segment.live === 0 && half) segment.sealed = true;
      }
      removeEmpty();
      leaving = leaving.filter(function (segment) {
        return !disk.isGone(segment.name);
      });
    },
    marks: function (): Mark[] {
      const marks: Mark[] = [{ type: 'next', boot: context.boot, seq: context.nextSeq() }];
      const all = segments.concat(leaving);
      for (let i = 0; i < all.length; i++) {
        for (let j = 0; j < all[i].entries.length; j++) {
          const entry = all[i].entries[j];
          if (entry.state === 'done') marks.push({ type: 'done', done: doneOf(entry) });
          else if (entry.mayBeStored) marks.push({ type: 'sent', boot: entry.boot, seq: entry.seq });
        }
      }
      return marks;
    },
    liveMessages: function (): number {
      return live;
    },
    liveRecords: function (): number {
      return liveRecords;
    },
    indexBytes: function (): number {
      return indexed * entryBytes;
    },
  };
}
