import type { ModelTable } from '@usewire/protocol/model';
import type { Tree, TreeMap } from '@usewire/protocol/wire';
import { type Batch, type Batches, createBatches } from './batches.ts';
import type { Boot } from './boot.ts';
import { type CutJob, type Cutter, cutRows, encodeRows, gapRows, type RecordsEncoder } from './cut.ts';
import { createDisk, type Disk } from './disk.ts';
import { bytesOf } from './frame.ts';
import { type Anchor, type JournalFound, journalName, readJournal } from './journal.ts';
import { type Cause, createLosses, type Debt, damaged, evicted, invalid, type Losses } from './losses.ts';
import { amountOf, bulkLane, choiceLane, criticalLane, type Entry, entryBytes, entryOf } from './message.ts';
import type { Settings } from './options.ts';
import { createOutbox, type Hole, type Outbox } from './outbox.ts';
import type { LogLevel, StoragePort } from './ports.ts';
import { oweHoles, type Recovery, recoveriesOf, recoveryTree } from './recover.ts';

/** Everything a device keeps: rows in batches and journal, messages in the outbox, losses until they are told. */
export interface Store {
  disk: Disk;
  losses: Losses;
  outbox: Outbox;
  batches: Batches;
  /** The next one; taken only when a message is stored. */
  seq: { next: number };
  /** Records of the run before that were not part of a message. */
  recovered: number;
  /** New rows and facts go to the disk. False: it does not take them; they stay, and are tried again. */
  handOver(): boolean;
  /** Makes messages of a batch, with the debts that are to be told. False: no room or a failing storage; rows that are left stay. */
  cut(batch: Batch, isSent: boolean): boolean;
  appendChoice(body: Uint8Array): boolean;
  read(entry: Entry): Uint8Array | null;
  /** The gateway may have these from now on: known on the disk before they are sent. */
  markSent(entries: Entry[]): void;
  done(entry: Entry): void;
  /** Takes a message out and owes what it held. */
  giveUp(entry: Entry, cause: Cause): void;
  /** Later messages are at most half of this. */
  limitMessageBytes(length: number): void;
  /** Frees what may go. */
  tidy(): void;
}

export interface StoreContext {
  storage: StoragePort;
  settings: Settings;
  table: ModelTable;
  encode: RecordsEncoder;
  boot: Boot;
  nowMs(): number;
  epoch(): number;
  anchor(): Anchor | null;
  onDurable(): void;
  log(level: LogLevel, event: string, detail: string): void;
  /** A message that is to be sent: of this run, or of one before. */
  onMessage(entry: Entry, isLive: boolean): void;
}

const leastMessageBytes = 256;

export function createStore(context: StoreContext): Store {
  const settings = context.settings;
  const maxBytes = settings.maxOutboxBytes;
  // Messages leave room for rows, rows for counts of what is lost, and all of them for the snapshot: it is what makes room.
  const maxMessages = maxBytes * 0.45;
  const maxFacts = maxBytes * 0.55;
  const maxRows = maxBytes * 0.65;
  const maxCounts = maxBytes * 0.7;
  const journalBytes = maxBytes / 16;
  const found: JournalFound = readJournal(context.storage);
  const disk = createDisk(context.storage, context.onDurable);
  const outbox = createOutbox(context.storage, disk, Math.max(1024, Math.min(65536, maxBytes / 16)), found);
  const losses = createLosses(disk.isDurable);
  const batches = createBatches(context.table, disk.isDurable);
  const cutter: Cutter = { outbox, toldClocks: [], maxMessageBytes: settings.maxMessageBytes };
  const holes = found.holes;
  const hash = context.table.hash.subarray(0, 8);
  let newHoles: Hole[] = [];
  let doneIds: number[] = [];
  /** To be marked as sent. */
  let marking: Entry[] = [];
  let snapshotBytes = 0;
  /** Files of the journal, the last one open; the first snapshot of a run makes it. */
  let names = found.names;
  let nextName = found.number;
  let isBegun = false;
  let recoveries: Recovery[] = [];

  const ids = (take: (entry: Entry) => boolean): number[] => {
    const list: number[] = [];
    outbox.segments.forEach((segments, lane) => {
      for (let i = outbox.empty(lane); i < segments.length; i++) {
        for (let j = 0; j < segments[i].entries.length; j++) {
          if (take(segments[i].entries[j])) list.push(segments[i].entries[j].id);
        }
      }
    });
    return list;
  };
  const put = (map: TreeMap, label: number, list: Tree[]): void => {
    if (list.length > 0) map[label] = list;
  };
  const debtTrees = (debts: Debt[]): Tree[] => debts.map((debt) => [debt.id, debt.cause, debt.count]);
  const putRows = (map: TreeMap, rows: Tree[]): void => {
    const anchor = context.anchor();
    put(map, 9, rows);
    if (rows.length > 0 && anchor !== null) map[8] = anchor;
  };
  const write = (name: string, map: TreeMap, bound: number): boolean => {
    map[7] = losses.lastId;
    if (disk.append(name, bytesOf(map), bound) < 0) return false;
    disk.note(batches.unhanded() + losses.unwritten().reduce((sum, debt) => sum + debt.count, 0));
    batches.handed();
    losses.writtenId = losses.lastId;
    for (let i = 0; i < marking.length; i++) marking[i].stamp = disk.stamp();
    marking = [];
    doneIds = [];
    newHoles = [];
    return true;
  };
  const news = (): TreeMap => {
    const map: TreeMap = {};
    putRows(map, batches.trees(false));
    put(map, 10, debtTrees(losses.unwritten()));
    put(map, 11, doneIds);
    put(
      map,
      12,
      marking.map((entry) => entry.id),
    );
    put(map, 13, newHoles);
    return map;
  };
  const writeNews = (): boolean => {
    const name = names[names.length - 1];
    const failures = disk.failures;
    const map = news();
    if (Object.keys(map).length === 0 || write(name, map, maxRows)) return true;
    // No room, though the disk works: what cannot be kept is counted where a kill does not take the count.
    const dropped = disk.failures === failures ? batches.dropUnhanded() : 0;
    losses.owe(evicted, dropped, -1);
    return disk.failures === failures && write(name, news(), maxCounts);
  };
  /** A new file that says everything anew; the former ones, and segments that hold nothing any more, go when it is durable. */
  const writeSnapshot = (): boolean => {
    const front = outbox.front();
    const restore = losses.save();
    losses.merge();
    const kept = losses.kept();
    const map: TreeMap = { 0: true, 1: context.boot, 2: hash, 3: front.numbers, 4: front.positions };
    map[5] = kept.toldId;
    map[6] = outbox.nextId;
    map[15] = store.seq.next;
    putRows(map, batches.trees(true));
    const former = recoveries.map((each) => recoveryTree(each, disk.isDurable));
    put(map, 14, former.filter((tree) => tree !== null) as Tree[]);
    put(map, 10, debtTrees(kept.debts));
    put(
      map,
      11,
      ids((entry) => entry.isDone),
    );
    put(
      map,
      12,
      ids((entry) => entry.isSent && !entry.isDone),
    );
    put(
      map,
      13,
      holes.filter((hole) => hole[1] >= front.positions[hole[0]]),
    );
    const name = journalName(nextName);
    if (!write(name, map, maxBytes)) {
      restore();
      return false;
    }
    nextName++;
    snapshotBytes = disk.size(name);
    const gone = names.concat(outbox.dropEmpty());
    names = [name];
    for (let i = 0; i < gone.length; i++) disk.removeLater(gone[i]);
    return true;
  };

  losses.toldId = losses.durableId = Math.max(found.toldId, outbox.found.toldId);
  losses.lastId = losses.writtenId = Math.max(found.lastDebt, losses.toldId);
  losses.debts = found.debts
    .filter((debt) => debt[0] > losses.toldId)
    .map((debt) => ({ id: debt[0], cause: debt[1], count: debt[2], seq: -1 }));
  recoveries = recoveriesOf(found, outbox.found, losses, maxMessages, (entry) =>
    context.onMessage(entry, false),
  );
  oweHoles(outbox.found.holes, holes, recoveries, losses);
  outbox.segments.forEach((segments) => {
    segments.forEach((segment) => {
      segment.entries.forEach((entry) => {
        if (!entry.isDone) context.onMessage(entry, false);
      });
    });
  });
  /** Rows of runs before become messages. */
  const recover = (): void => {
    if (recoveries.some((each) => each.job.from < each.job.times.length)) makeRoom();
    recoveries = recoveries.filter((each) => {
      const job = each.job;
      const end = job.times.length;
      const stored = job.from < end ? cutRows(cutter, job, job.from, end, []) : 0;
      job.from += stored;
      if (stored > 0) each.leaving.push({ to: job.from, stamp: disk.stamp() });
      return recoveryTree(each, disk.isDurable) !== null;
    });
  };
  const owe = (entry: Entry, cause: Cause): void => {
    losses.owe(cause, amountOf(entry), entry.boot === context.boot ? entry.seq : -1);
    store.done(entry);
  };
  /**
   * Takes the oldest segment of a lane: what the gateway may have moves to the end, the rest is given up. False: nothing there can be
   * given up now. What is not durable is not: its rows may still be in the journal, and a loss of power would bring them back.
   */
  const evict = (lane: number): boolean => {
    const segments = outbox.segments[lane];
    const isFree = (entry: Entry): boolean => !entry.isDone && !entry.isSent && disk.isDurable(entry.stamp);
    if (!segments.some((segment) => segment.entries.some(isFree))) return false;
    const segment = segments.filter((each) => each.live > 0)[0];
    outbox.seal(segment);
    return segment.entries.every((entry) => {
      if (entry.isDone || entry.segment !== segment) return true;
      if (isFree(entry)) owe(entry, evicted);
      return entry.isDone || outbox.move(entry, maxFacts);
    });
  };
  const isFull = (): boolean => {
    let bytes = disk.used - disk.leaving();
    let indexed = outbox.indexed;
    outbox.segments.forEach((segments) => {
      // They go with the next snapshot.
      const gone = segments.filter((segment) => segment.live === 0);
      for (let i = 0; i < gone.length; i++) {
        bytes -= disk.size(gone[i].name);
        indexed -= gone[i].entries.length;
      }
    });
    const isOverMemory = indexed * entryBytes > settings.maxMemoryBytes / 2;
    return isOverMemory || bytes + cutter.maxMessageBytes > maxMessages;
  };
  const makeRoom = (): void => {
    for (let lane = bulkLane; lane >= criticalLane && isFull(); ) if (!evict(lane)) lane--;
  };
  /** An encoder that throws is a bug; it must cost the records that it cannot write, not the application. */
  const cutSafely = (batch: Batch, job: CutJob): number => {
    let stored = 0;
    const count = batch.rows.length;
    job.onMessage = (entry) => {
      stored += entry.records;
      losses.told(entry.toldId, entry.stamp);
      context.onMessage(entry, true);
    };
    try {
      return cutRows(cutter, job, 0, count, job.debts);
    } catch (error) {
      context.log('error', 'bug.encode', String(error));
      losses.owe(invalid, count - stored, -1);
      return count;
    }
  };
  const store: Store = {
    disk,
    losses,
    outbox,
    batches,
    seq: { next: 0 },
    recovered: recoveries.reduce((sum, each) => sum + each.rows.length, 0),
    handOver: () => {
      isBegun = isBegun || writeSnapshot();
      return isBegun && writeNews();
    },
    cut: (batch, isSent) => {
      if (!isBegun && !store.handOver()) return false;
      makeRoom();
      // A message may only tell what is written, and with it which messages were given up.
      const tells = losses.lastId === losses.writtenId || store.handOver();
      const count = batch.rows.length;
      const nowMs = context.nowMs();
      const before = store.seq.next;
      const rows = batch.rows;
      const stored = cutSafely(batch, {
        boot: context.boot,
        hash: context.table.hash,
        batch: batch.key,
        epoch: count > 0 ? batch.epoch : context.epoch(),
        anchor: context.anchor(),
        nowMs,
        isSent,
        maxBytes: count > 0 ? maxMessages : maxFacts,
        debts: tells ? losses.debts : [],
        toldId: tells ? losses.lastId : losses.toldId,
        from: 0,
        times: rows.map((row) => row.atMs),
        numbers: rows.map((_row, i) => batch.first + i),
        seq: store.seq,
        records: (from, to, baseMs, debts) =>
          encodeRows(
            context.table,
            context.encode,
            rows.slice(from, to).concat(gapRows(debts, nowMs)),
            baseMs,
          ),
        onMessage: () => undefined,
      });
      // Rows that the journal has are not at risk: it stays until the message is durable.
      disk.note(Math.max(0, stored - batch.handed));
      batches.drop(batch, stored, disk.stamp());
      return stored === count && (count > 0 || store.seq.next > before);
    },
    appendChoice: (body) => {
      const entry = entryOf({
        id: outbox.nextId,
        boot: context.boot,
        seq: store.seq.next,
        isSent: false,
        records: 0,
        lost: 0,
        batch: choiceLane,
        fromRow: 0,
        toRow: 0,
        toldId: losses.toldId,
      });
      if (!isBegun || !outbox.append(choiceLane, entry, body, maxFacts)) return false;
      store.seq.next++;
      context.onMessage(entry, true);
      return true;
    },
    read: (entry) => {
      const body = outbox.read(entry);
      if (body !== null) return body;
      const hole = [entry.segment.lane, entry.position, amountOf(entry)];
      holes.push(hole);
      newHoles.push(hole);
      losses.owe(damaged, hole[2], -1);
      store.done(entry);
      store.handOver();
      return null;
    },
    markSent: (entries) => {
      for (let i = 0; i < entries.length; i++) {
        entries[i].isSent = true;
        entries[i].stamp = Infinity;
        marking.push(entries[i]);
      }
      store.handOver();
      disk.request();
    },
    done: (entry) => {
      if (!entry.isDone) doneIds.push(entry.id);
      outbox.settle(entry);
    },
    giveUp: (entry, cause) => {
      owe(entry, cause);
      store.handOver();
    },
    limitMessageBytes: (length) => {
      cutter.maxMessageBytes = Math.max(leastMessageBytes, Math.min(cutter.maxMessageBytes, length >> 1));
    },
    tidy: () => {
      // What finds no room among the facts may find it in a snapshot, which makes room.
      const isStuck = !store.handOver();
      if (!isBegun) return;
      recover();
      const isLarge = disk.size(names[0]) > Math.max(journalBytes, 2 * snapshotBytes);
      const isDue = isStuck || isLarge || outbox.segments.some((_segments, lane) => outbox.empty(lane) > 0);
      // One at a time: while the last has not made room yet, another only takes some.
      if (isDue && disk.leaving() === 0) writeSnapshot();
    },
  };
  return store;
}
