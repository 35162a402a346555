import type { Boot } from './boot.ts';
import { ByteBuffer } from './byte-buffer.ts';
import type { Disk } from './disk.ts';
import { createDurablePosition } from './durable-position.ts';
import { beginFrame, endFrame } from './frames.ts';
import { type CauseCode, causeNames, type Debt, type Mark, writeMark } from './marks.ts';
import type { Syncer } from './sync.ts';

/**
 * What the store knows besides rows and messages: losses still to be told, messages that are done, sequence numbers. An append-only file of
 * marks; when it has grown, a new file repeats what still matters and the old one goes.
 */
export interface Ledger {
  /** Counts lost records. Merged with others of the same cause until `commit`. */
  owe(cause: CauseCode, count: number, firstSeq: number): void;
  add(mark: Mark): void;
  /** Writes what was added as one frame: it becomes durable together, or not at all. False: the storage failed, try again. */
  commit(): boolean;
  /**
   * Debts that a message may tell now. They are durable: the power must not leave the telling and take what was lost back into life. And the
   * message that told the last ones is: a later one says that all before it are told.
   */
  untold(): Debt[];
  /** Debts that no message tells yet. */
  hasDebts(): boolean;
  /** A message that tells all debts up to `debtId` has been appended. */
  told(debtId: number): void;
  /** Lost records by cause since this start. */
  losses(): number[];
  isLarge(): boolean;
  /** Starts a new file with its own debts and `repeated`: what else still matters. */
  snapshot(repeated: Mark[]): boolean;
}

export interface LedgerStart {
  fileNumber: number;
  nextDebtId: number;
  toldId: number;
  untold: Debt[];
  /** Files of earlier runs; the first snapshot replaces them. */
  oldFiles: string[];
  /** A file larger than this is replaced. */
  largeBytes: number;
}

export interface LedgerContext {
  disk: Disk;
  syncer: Syncer;
  boot: Boot;
  nowMs: () => number;
}

export const ledgerPrefix = 'm-';

interface Pending {
  count: number;
  firstSeq: number;
}

/** One debt a cause and boot: a flood of losses must not fill memory. The earliest time and first message stay. */
function mergeDebts(debts: Debt[], firstId: number): Debt[] {
  const merged: Debt[] = [];
  for (let i = 0; i < debts.length; i++) {
    const debt = debts[i];
    const same = merged.filter(function (other) {
      return other.cause === debt.cause && other.boot.key === debt.boot.key;
    })[0];
    if (same === undefined) {
      merged.push({
        id: firstId + merged.length,
        cause: debt.cause,
        count: debt.count,
        atMs: debt.atMs,
        boot: debt.boot,
        firstSeq: debt.firstSeq,
      });
      continue;
    }
    same.count += debt.count;
    if (same.firstSeq < 0) same.firstSeq = debt.firstSeq;
  }
  return merged;
}

export function createLedger(context: LedgerContext, start: LedgerStart): Ledger {
  const disk = context.disk;
  const out = new ByteBuffer(256);
  const losses: number[] = [];
  const pending: Pending[] = [];
  for (let i = 0; i < causeNames.length; i++) {
    losses.push(0);
    pending.push({ count: 0, firstSeq: -1 });
  }
  let marks: Mark[] = [];
  let untold = start.untold.slice(0);
  for (let i = 0; i < untold.length; i++) context.syncer.note(untold[i].count);
  let nextDebtId = start.nextDebtId;
  /** Up to which id debts are durable. */
  const written = createDurablePosition(context.syncer, nextDebtId - 1);
  let toldId = start.toldId;
  let toldStamp = start.toldId > 0 ? context.syncer.stamp() : 0;
  let oldFiles = start.oldFiles;
  let file = start.fileNumber;
  let baseBytes = 0;

  const takePending = function (): Debt[] {
    const debts: Debt[] = [];
    for (let cause = 0; cause < pending.length; cause++) {
      if (pending[cause].count === 0) continue;
      debts.push({
        id: nextDebtId + debts.length,
        cause: cause as CauseCode,
        count: pending[cause].count,
        atMs: context.nowMs(),
        boot: context.boot,
        firstSeq: pending[cause].firstSeq,
      });
    }
    return debts;
  };
  const clearPending = function (): void {
    for (let cause = 0; cause < pending.length; cause++) pending[cause] = { count: 0, firstSeq: -1 };
  };
  const write = function (all: Mark[]): boolean {
    out.size = 0;
    const frame = beginFrame(out);
    for (let i = 0; i < all.length; i++) writeMark(out, all[i]);
    endFrame(out, frame);
    // Never refused for want of room: a loss that cannot be written down could not be told.
    return disk.append(ledgerPrefix + file, out, frame, true);
  };
  const commit = function (): boolean {
    const debts = takePending();
    if (debts.length === 0 && marks.length === 0) return true;
    const all = marks.slice(0);
    for (let i = 0; i < debts.length; i++) all.push({ type: 'debt', debt: debts[i] });
    if (!write(all)) return false;
    for (let i = 0; i < debts.length; i++) context.syncer.note(debts[i].count);
    marks = [];
    clearPending();
    nextDebtId += debts.length;
    written.moved(nextDebtId - 1);
    untold = untold.concat(debts);
    return true;
  };
  const snapshotMarks = function (repeated: Mark[], debts: Debt[]): Mark[] {
    // Merged debts have new ids; the old ones are out of the way.
    const all = repeated.concat([{ type: 'told', debtId: nextDebtId - 1 }]);
    for (let i = 0; i < debts.length; i++) all.push({ type: 'debt', debt: debts[i] });
    all.push({ type: 'snapshot' });
    return all;
  };
  return {
    owe: function (cause: CauseCode, count: number, firstSeq: number): void {
      if (count <= 0) return;
      const held = pending[cause];
      held.count += count;
      losses[cause] += count;
      if (firstSeq >= 0 && (held.firstSeq < 0 || firstSeq < held.firstSeq)) held.firstSeq = firstSeq;
    },
    add: function (mark: Mark): void {
      marks.push(mark);
    },
    commit: commit,
    untold: function (): Debt[] {
      if (!context.syncer.isDurable(toldStamp)) return [];
      const durableId = written.value();
      return untold.filter(function (debt) {
        return debt.id <= durableId;
      });
    },
    hasDebts: function (): boolean {
      return untold.length > 0;
    },
    told: function (debtId: number): void {
      if (debtId <= toldId) return;
      toldId = debtId;
      toldStamp = context.syncer.stamp();
      untold = untold.filter(function (debt) {
        return debt.id > debtId;
      });
    },
    losses: function (): number[] {
      return losses.slice(0);
    },
    isLarge: function (): boolean {
      // While a telling message is not durable its debts must stay readable, so the file may not be left behind.
      const isGrown = disk.sizeOf(ledgerPrefix + file) > start.largeBytes + 2 * baseBytes;
      return (isGrown || oldFiles.length > 0) && context.syncer.isDurable(toldStamp);
    },
    snapshot: function (repeated: Mark[]): boolean {
      if (!commit()) return false;
      const merged = mergeDebts(untold, nextDebtId);
      const before = ledgerPrefix + file;
      file += 1;
      if (!write(snapshotMarks(repeated, merged))) {
        file -= 1;
        return false;
      }
      toldId = nextDebtId - 1;
      nextDebtId += merged.length;
      written.moved(nextDebtId - 1);
      untold = merged;
      baseBytes = disk.sizeOf(ledgerPrefix + file);
      if (disk.sizeOf(before) > 0) oldFiles.push(before);
      for (let i = 0; i < oldFiles.length; i++) disk.removeLater(oldFiles[i]);
      oldFiles = [];
      return true;
    },
  };
}
