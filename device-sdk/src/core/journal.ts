import type { ModelTable } from '@usewire/protocol/model';
import type { Boot } from './boot.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { Disk } from './disk.ts';
import { beginFrame, endFrame } from './frames.ts';
import { type Anchor, type BatchHead, hashBytes, JournalType, writeHead } from './journal-frame.ts';
import { Lane } from './message-frame.ts';
import { journalName, type Place } from './place.ts';
import type { Syncer } from './sync.ts';

/** Rows in memory. */
export interface RowBuffer {
  rows: ByteBuffer;
  /** Rows in `rows`. */
  count: number;
}

/** Rows that are not yet part of a message: of one subject, for one purpose, under one generation of choices. */
export interface Batch extends RowBuffer, Place {
  lane: number;
  epoch: number;
  number: number;
  /** '' while it has no segment. */
  name: string;
  /** So many rows of the batch became messages already. */
  firstRow: number;
  handedBytes: number;
  handedRows: number;
  openedAtMs: number;
}

export interface Journal {
  /** The open batch of a subject, a purpose (its code where it rests on consent, else 0) and a lane; made when there is none. */
  batch(slot: number, purpose: number, lane: number): Batch;
  /** Stands for no batch: what a message of debts alone belongs to. */
  gapBatch(): Batch;
  /** All batches that hold rows. */
  filled(): Batch[];
  headOf(batch: Batch): BatchHead;
  /** Hands rows to the storage that it does not have yet. False: it failed; the rows stay in memory and are tried again. */
  handOver(): boolean;
  /** The first `count` rows became messages. Removes the segment once those are durable, when no row is left. */
  cut(batch: Batch, count: number, bytes: number): void;
  /** Forgets the rows that nobody allows any more, in memory; their files are the disk's to overwrite. Returns how many they were. */
  drop(allows: (place: Place) => boolean): number;
  /** Bytes of rows in memory. */
  bytes(): number;
  hasUnsynced(): boolean;
  synced(): void;
}

export interface JournalContext {
  disk: Disk;
  syncer: Syncer;
  boot: Boot;
  table: ModelTable;
  nowMs: () => number;
  epoch: () => number;
  generation: () => number;
  nextSeq: () => number;
  anchor: () => Anchor | null;
}

export function createJournal(context: JournalContext): Journal {
  const batches: Batch[] = [];
  const byKey: { [key: number]: Batch } = {};
  const out = new ByteBuffer(1024);
  let nextNumber = 1;
  let unsynced = false;

  const open = function (batch: Batch): void {
    batch.number = nextNumber++;
    batch.name = '';
    batch.epoch = context.epoch();
    batch.generation = context.generation();
    batch.openedAtMs = context.nowMs();
    batch.firstRow = 0;
  };
  const make = function (slot: number, purpose: number, lane: number): Batch {
    return {
      slot: slot,
      purpose: purpose,
      generation: 0,
      lane: lane,
      epoch: 0,
      number: 0,
      name: '',
      rows: new ByteBuffer(256),
      count: 0,
      firstRow: 0,
      handedBytes: 0,
      handedRows: 0,
      openedAtMs: 0,
    };
  };
  const headOf = function (batch: Batch): BatchHead {
    return {
      boot: context.boot,
      number: batch.number,
      slot: batch.slot,
      purpose: batch.purpose,
      generation: batch.generation,
      lane: batch.lane,
      epoch: batch.epoch,
      modelHash: context.table.hash.subarray(0, hashBytes),
      nextSeq: context.nextSeq(),
      anchor: context.anchor(),
    };
  };
  const handRows = function (batch: Batch): boolean {
    if (batch.handedBytes === batch.rows.size) return true;
    const fresh = batch.name === '';
    const name = fresh ? journalName(context.boot.key + '.' + batch.number, batch) : batch.name;
    out.size = 0;
    if (fresh) writeHead(out, headOf(batch));
    const frame = beginFrame(out);
    out.u8(JournalType.rows);
    out.varint(batch.firstRow + batch.handedRows);
    out.varint(batch.count - batch.handedRows);
    out.raw(batch.rows.bytes.subarray(batch.handedBytes, batch.rows.size));
    endFrame(out, frame);
    if (!context.disk.append(name, out, 0, true)) return false;
    batch.name = name;
    context.syncer.note(batch.count - batch.handedRows);
    batch.handedBytes = batch.rows.size;
    batch.handedRows = batch.count;
    unsynced = true;
    return true;
  };
  const filled = function (): Batch[] {
    const found: Batch[] = [];
    for (let i = 0; i < batches.length; i++) {
      const batch = batches[i];
      if (batch.count > 0) found.push(batch);
    }
    return found;
  };
  return {
    gapBatch: function (): Batch {
      const batch = make(0, 0, Lane.normal);
      batch.epoch = context.epoch();
      batch.generation = context.generation();
      return batch;
    },
    filled: filled,
    headOf: headOf,
    batch: function (slot: number, purpose: number, lane: number): Batch {
      // Codes of purposes are below 16, lanes below 4.
      const key = slot * 64 + purpose * 4 + lane;
      let batch = byKey[key];
      if (batch === undefined) {
        batch = make(slot, purpose, lane);
        byKey[key] = batch;
        batches.push(batch);
      }
      if (batch.count === 0) open(batch);
      return batch;
    },
    handOver: function (): boolean {
      let ok = true;
      const all = filled();
      for (let i = 0; i < all.length; i++) {
        if (!handRows(all[i])) ok = false;
      }
      return ok;
    },
    cut: function (batch: Batch, count: number, bytes: number): void {
      batch.rows.bytes.set(batch.rows.bytes.subarray(bytes, batch.rows.size));
      batch.rows.size -= bytes;
      batch.count -= count;
      batch.firstRow += count;
      batch.handedBytes = Math.max(0, batch.handedBytes - bytes);
      batch.handedRows = Math.max(0, batch.handedRows - count);
      if (batch.count === 0 && batch.name !== '') context.disk.removeLater(batch.name);
    },
    drop: function (allows: (place: Place) => boolean): number {
      let dropped = 0;
      out.wipe();
      for (let i = 0; i < batches.length; i++) {
        const batch = batches[i];
        if (allows(batch)) continue;
        dropped += batch.count;
        batch.rows.wipe();
        batch.count = 0;
        batch.handedBytes = 0;
        batch.handedRows = 0;
      }
      return dropped;
    },
    bytes: function (): number {
      let total = 0;
      for (let i = 0; i < batches.length; i++) total += batches[i].rows.bytes.length;
      return total;
    },
    hasUnsynced: function (): boolean {
      return unsynced;
    },
    synced: function (): void {
      unsynced = false;
    },
  };
}
