import type { Boot } from './boot.ts';
import { ByteCursor } from './byte-buffer.ts';
import { type CutContext, cutRows, rowsOf, type Sequence } from './cut.ts';
import { createDisk, type Disk } from './disk.ts';
import { type Batch, createJournal, type Journal } from './journal.ts';
import type { Anchor } from './journal-frame.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { Cause, type Mark } from './marks.ts';
import type { Entry, Segment } from './message-entry.ts';
import { Lane, type MessageHead } from './message-frame.ts';
import type { Models } from './models.ts';
import type { Settings } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { type Place, placeOf } from './place.ts';
import type { LogLevel, StoragePort } from './ports.ts';
import { cutJournals, oweLaneHoles, type RecoverContext } from './recover.ts';
import { readJournals } from './recover-journals.ts';
import { readLanes } from './recover-lanes.ts';
import { readLedger, untoldOf } from './recover-ledger.ts';
import { readRow } from './row.ts';
import { createSyncer, type Syncer } from './sync.ts';

/** Everything a device keeps: rows in the journal, messages in the outbox, facts in the ledger. */
export interface Store {
  disk: Disk;
  syncer: Syncer;
  ledger: Ledger;
  outbox: Outbox;
  journal: Journal;
  sequence: Sequence;
  /** Messages of earlier runs, and those made of their rows, oldest first. */
  backlog: Entry[];
  /** Records found in journals of earlier runs. */
  recovered: number;
  /** Turns a batch into messages, with the debts that are to be told. False: no room or a failing storage; rows that are left stay. */
  cut(batch: Batch, mayBeStored: boolean): boolean;
  /** A message with nothing but debts. */
  cutDebts(mayBeStored: boolean): boolean;
  /** Later messages are not larger than this. */
  limitMessageBytes(bytes: number): void;
  /** The message of a choice that was made on this epoch, as it was found at the start, or null. */
  foundChoice(epoch: number): Entry | null;
  /** A message that is never given up: a choice made on this epoch, or (null) what a person asks for. Null: no room, or the storage failed. */
  appendChoice(epoch: number | null, body: Uint8Array): Entry | null;
  /**
   * What nobody allows any more is gone from memory at once, and from the disk as soon as syncs let it: overwritten, then removed. Returns how many
   * records that were. The next start goes on where the power ends it, before anything is sent.
   */
  drop(allows: (place: Place) => boolean): number;
  /** Frees what may go and keeps the ledger small. */
  tidy(): void;
}

export interface StoreContext {
  storage: StoragePort;
  settings: Settings;
  models: Models;
  boot: Boot;
  nowMs: () => number;
  epoch: () => number;
  generation: () => number;
  /** Whether data of this place may exist, by people's choices so far. */
  allows: (place: Place) => boolean;
  anchor: () => Anchor | null;
  onDurable: () => void;
  log: (level: LogLevel, event: string, detail: string) => void;
  /** A new message of this run. */
  onMessage: (entry: Entry) => void;
}

/** Above every epoch. */
const noEpoch = 4294967296;
/** Choices have a lane of their own, which nothing drops. */
const nobodys: Place = { slot: 0, purpose: 0, generation: 0 };

function bytesOfRows(batch: Batch, count: number): number {
  const cursor = new ByteCursor(batch.rows.bytes, 0, batch.rows.size);
  for (let i = 0; i < count; i++) readRow(cursor);
  return cursor.at;
}

/** Messages of earlier runs in the order in which they were made, lane by lane. */
function backlogOf(segments: Segment[]): Entry[] {
  const boots: string[] = [];
  const found: Entry[] = [];
  for (let i = 0; i < segments.length; i++) {
    for (let j = 0; j < segments[i].entries.length; j++) {
      const entry = segments[i].entries[j];
      if (boots.indexOf(entry.boot.key) < 0) boots.push(entry.boot.key);
      if (entry.state === 'waiting') found.push(entry);
    }
  }
  return found.sort(function (a, b) {
    if (a.lane !== b.lane) return a.lane - b.lane;
    if (a.boot.key !== b.boot.key) return boots.indexOf(a.boot.key) - boots.indexOf(b.boot.key);
    return a.seq - b.seq;
  });
}

export function createStore(context: StoreContext): Store {
  const settings = context.settings;
  const syncer = createSyncer(context.storage, context.onDurable);
  const disk = createDisk(context.storage, syncer, Math.floor(settings.maxOutboxBytes * 0.75));
  const facts = readLedger(disk);
  const lanes = readLanes(disk, facts, context.allows);
  const journals = readJournals(disk, lanes, facts, context.allows);
  const sequence: Sequence = { next: 0 };
  const nextSeq = function (): number {
    return sequence.next;
  };
  const shared = { disk: disk, syncer: syncer, boot: context.boot, nowMs: context.nowMs };
  const ledger = createLedger(shared, {
    fileNumber: facts.fileNumber,
    nextDebtId: Math.max(facts.lastDebtId, facts.toldId) + 1,
    toldId: facts.toldId,
    untold: untoldOf(facts),
    oldFiles: facts.files,
    largeBytes: Math.min(16384, Math.floor(settings.maxOutboxBytes / 32)),
  });
  const outbox = createOutbox(
    {
      disk: disk,
      syncer: syncer,
      ledger: ledger,
      boot: context.boot,
      nextSeq: nextSeq,
      segmentBytes: Math.max(2048, Math.min(65536, Math.floor(settings.maxOutboxBytes / 16))),
      maxIndexBytes: settings.maxMemoryBytes / 2,
    },
    lanes,
  );
  const journal = createJournal({
    disk: disk,
    syncer: syncer,
    boot: context.boot,
    table: context.models.table,
    nowMs: context.nowMs,
    epoch: context.epoch,
    generation: context.generation,
    nextSeq: nextSeq,
    anchor: context.anchor,
  });
  const keep: Mark[] = [];
  const backlog = backlogOf(lanes.segments);
  const cutting: CutContext = {
    outbox: outbox,
    toldClocks: [],
    encoding: settings.encoding,
    maxMessageBytes: settings.maxMessageBytes,
    onMessage: function (entry: Entry): void {
      backlog.push(entry);
    },
  };
  const recovering: RecoverContext = {
    disk: disk,
    ledger: ledger,
    outbox: outbox,
    models: context.models,
    cut: cutting,
    facts: facts,
    keep: keep,
  };
  oweLaneHoles(recovering, lanes);
  const recovered = cutJournals(recovering, journals);
  ledger.commit();
  syncer.note(outbox.liveRecords());
  syncer.request();

  cutting.onMessage = function (entry: Entry): void {
    ledger.told(entry.toldDebtId);
    storedNow += entry.records;
    context.onMessage(entry);
  };
  let storedNow = 0;
  const job = function (batch: Batch | null, mayBeStored: boolean): number {
    // Debts get their ids by being written; a message may only tell what is written.
    ledger.commit();
    const held = batch === null ? journal.gapBatch() : batch;
    return cutRows(cutting, {
      head: journal.headOf(held),
      table: context.models.table,
      sequence: sequence,
      rows: batch === null ? [] : rowsOf(held.rows.bytes, held.rows.size),
      firstRow: held.firstRow,
      // Losses are nobody's: a message that a person can take back must not be the one that tells them.
      debts: held.slot === 0 && held.purpose === 0 ? ledger.untold() : [],
      nowMs: context.nowMs(),
      mayBeStored: mayBeStored,
      // A few bytes that say what was lost still fit above the bound of the messages, within that of the outbox.
      always: batch === null && disk.used() < settings.maxOutboxBytes,
    });
  };
  /** An encoder that throws is a bug; it must cost the records that it cannot write, not the application. */
  const safeJob = function (batch: Batch, mayBeStored: boolean): number {
    storedNow = 0;
    try {
      return job(batch, mayBeStored);
    } catch (error) {
      context.log('error', 'bug.encode', String(error));
      ledger.owe(Cause.invalid, batch.count - storedNow, -1);
      return batch.count;
    }
  };
  const openCuts = function (): Mark[] {
    const marks: Mark[] = [];
    const filled = journal.filled();
    for (let i = 0; i < filled.length; i++) {
      if (filled[i].firstRow === 0) continue;
      const name = context.boot.key + '.' + filled[i].number;
      marks.push({ type: 'cut', name: name, count: filled[i].firstRow });
    }
    return marks;
  };
  let allows = context.allows;
  /** Files of what was dropped may still be there. */
  let holdsDropped = true;
  const wipeDropped = function (): void {
    const names = disk.names();
    if (!ledger.commit()) return;
    holdsDropped = false;
    for (let i = 0; i < names.length; i++) {
      const place = placeOf(names[i]);
      if (place !== null && !allows(place)) disk.wipeLater(names[i]);
    }
  };
  wipeDropped();
  return {
    disk: disk,
    syncer: syncer,
    ledger: ledger,
    outbox: outbox,
    journal: journal,
    sequence: sequence,
    backlog: backlog,
    recovered: recovered,
    cut: function (batch: Batch, mayBeStored: boolean): boolean {
      const wanted = batch.count;
      outbox.makeRoom(settings.maxMessageBytes);
      const stored = safeJob(batch, mayBeStored);
      if (stored === 0) return false;
      // Rows that the journal has are not at risk: it stays until the message is durable.
      syncer.note(Math.max(0, stored - batch.handedRows));
      journal.cut(batch, stored, stored === wanted ? batch.rows.size : bytesOfRows(batch, stored));
      const marks = openCuts();
      for (let i = 0; i < marks.length; i++) ledger.add(marks[i]);
      return stored === wanted;
    },
    cutDebts: function (mayBeStored: boolean): boolean {
      outbox.makeRoom(settings.maxMessageBytes);
      ledger.commit();
      if (ledger.untold().length === 0) {
        syncer.request();
        return false;
      }
      const before = sequence.next;
      job(null, mayBeStored);
      return sequence.next > before;
    },
    limitMessageBytes: function (bytes: number): void {
      cutting.maxMessageBytes = Math.min(cutting.maxMessageBytes, bytes);
    },
    foundChoice: function (epoch: number): Entry | null {
      return lanes.choices[epoch] || null;
    },
    appendChoice: function (epoch: number | null, body: Uint8Array): Entry | null {
      const head: MessageHead = {
        boot: context.boot,
        seq: sequence.next,
        records: 0,
        lost: 0,
        before: 0,
        unsynced: 0,
        batch: epoch === null ? noEpoch : epoch,
        fromRow: 0,
        toRow: 0,
        toldDebtId: 0,
        mayBeStored: false,
      };
      const entry = outbox.append(nobodys, Lane.choice, { head: head, body: body }, true);
      if (entry !== null) sequence.next += 1;
      return entry;
    },
    drop: function (next: (place: Place) => boolean): number {
      const dropped = journal.drop(next) + outbox.drop(next);
      allows = next;
      // The clock may have been told by what is gone.
      cutting.toldClocks = [];
      wipeDropped();
      return dropped;
    },
    tidy: function (): void {
      if (holdsDropped) wipeDropped();
      disk.sweep();
      outbox.sweep();
      ledger.commit();
      if (ledger.isLarge()) ledger.snapshot(outbox.marks().concat(keep, openCuts()));
    },
  };
}
