import type { Boot } from './boot.ts';
import { ByteCursor } from './byte-buffer.ts';
import { type CutContext, cutRows, rowsOf, type Sequence } from './cut.ts';
import { createDisk, type Disk } from './disk.ts';
import { type Batch, createJournal, type Journal } from './journal.ts';
import type { Anchor } from './journal-frame.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { Cause, type Mark } from './marks.ts';
import type { Entry } from './message-entry.ts';
import { Lane, type MessageHead } from './message-frame.ts';
import type { Models } from './models.ts';
import type { Settings } from './options.ts';
import { createOutbox, type Outbox } from './outbox.ts';
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
  appendChoice(epoch: number, body: Uint8Array): Entry | null;
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
  anchor: () => Anchor | null;
  onDurable: () => void;
  log: (level: LogLevel, event: string, detail: string) => void;
  /** A new message of this run. */
  onMessage: (entry: Entry) => void;
}

function bytesOfRows(batch: Batch, count: number): number {
  const cursor = new ByteCursor(batch.rows.bytes, 0, batch.rows.size);
  for (let i = 0; i < count; i++) readRow(cursor);
  return cursor.at;
}

function byAge(a: Entry, b: Entry): number {
  return a.lane !== b.lane ? a.lane - b.lane : a.before - b.before;
}

export function createStore(context: StoreContext): Store {
  const settings = context.settings;
  const syncer = createSyncer(context.storage, context.onDurable);
  const disk = createDisk(context.storage, syncer, Math.floor(settings.maxOutboxBytes * 0.75));
  const facts = readLedger(disk);
  const lanes = readLanes(disk, facts);
  const journals = readJournals(disk, lanes, facts);
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
    nextSeq: nextSeq,
    anchor: context.anchor,
  });
  const keep: Mark[] = [];
  const backlog: Entry[] = [];
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
  for (let i = 0; i < lanes.segments.length; i++) {
    for (let j = 0; j < lanes.segments[i].entries.length; j++) {
      if (lanes.segments[i].entries[j].state === 'waiting') backlog.push(lanes.segments[i].entries[j]);
    }
  }
  backlog.sort(byAge);
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
      debts: ledger.untold(),
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
    appendChoice: function (epoch: number, body: Uint8Array): Entry | null {
      const head: MessageHead = {
        boot: context.boot,
        seq: sequence.next,
        records: 0,
        lost: 0,
        before: 0,
        unsynced: 0,
        batch: epoch,
        fromRow: 0,
        toRow: 0,
        toldDebtId: 0,
        mayBeStored: false,
      };
      const entry = outbox.append(Lane.choice, head, body, true);
      if (entry !== null) sequence.next += 1;
      return entry;
    },
    tidy: function (): void {
      disk.sweep();
      outbox.sweep();
      ledger.commit();
      if (ledger.isLarge()) ledger.snapshot(outbox.marks().concat(keep, openCuts()));
    },
  };
}
