import { type CutContext, type CutJob, cutRows, type Sequence } from './cut.ts';
import type { Disk } from './disk.ts';
import type { Ledger } from './ledger.ts';
import { Cause, type Mark } from './marks.ts';
import type { Models } from './models.ts';
import type { Outbox } from './outbox.ts';
import type { JournalFound } from './recover-journals.ts';
import { doneBetween, type LanesFound } from './recover-lanes.ts';
import type { LedgerFacts } from './recover-ledger.ts';

export interface RecoverContext {
  disk: Disk;
  ledger: Ledger;
  outbox: Outbox;
  models: Models;
  cut: CutContext;
  facts: LedgerFacts;
  /** Marks that every snapshot of this run repeats. */
  keep: Mark[];
}

/** After damage to the ledger the last number of a boot is not certain; a number that is used twice would lose a message. */
const seqJump = 65536;

function keepMark(context: RecoverContext, mark: Mark): void {
  context.keep.push(mark);
  context.ledger.add(mark);
}

/** Owes what no debt holds yet, in one frame with the mark that says so. */
function oweOnce(context: RecoverContext, name: string, cause: 2 | 3, count: number): void {
  const fresh = count - (context.facts.holes[name] || 0);
  if (count > 0) keepMark(context, { type: 'hole', name: name, count: count });
  if (fresh > 0) context.ledger.owe(cause, fresh, -1);
}

/**
 * Missing stretches of the lanes. What a sync had covered is lost by damage. Of what none had covered the rows are still in journals and
 * the debts in the ledger, or it was at risk: owed here, it would be told twice. A mark keeps later starts from asking again.
 */
export function oweLaneHoles(context: RecoverContext, lanes: LanesFound): void {
  for (let i = 0; i < lanes.holes.length; i++) {
    const hole = lanes.holes[i];
    const from = hole.from + (context.facts.holes[hole.name] || 0);
    const to = Math.min(hole.to, lanes.durable[hole.key] || 0);
    keepMark(context, { type: 'hole', name: hole.name, count: hole.to - hole.from });
    if (to <= from) continue;
    context.ledger.owe(Cause.storage, to - from - doneBetween(context.facts, hole.key, from, to), -1);
  }
}

function rowsIn(journal: JournalFound): number {
  let count = 0;
  for (let i = 0; i < journal.runs.length; i++) count += journal.runs[i].rows.length;
  return count;
}

function cutMark(journal: JournalFound, count: number): Mark {
  return { type: 'cut', name: journal.key, count: count };
}

/** Rows that cannot be encoded are told as lost: a device that does not start because of them would lose all others. */
function cutRun(context: RecoverContext, journal: JournalFound, job: CutJob): number {
  const from = job.sequence.next;
  try {
    return cutRows(context.cut, job);
  } catch (_error) {
    // Messages made before the fault hold their rows; at the next start the rest is found again, once more in vain.
    if (job.sequence.next > from) return 0;
    oweOnce(context, journal.name, Cause.storage, journal.missing + job.rows.length);
    return job.rows.length;
  }
}

/** True when all rows became messages of their own boot. */
function cutJournal(context: RecoverContext, journal: JournalFound): boolean {
  const head = journal.head;
  const table = head === null ? null : context.models.tableFor(head.modelHash);
  if (head === null || table === null) {
    oweOnce(context, journal.name, Cause.storage, journal.missing + rowsIn(journal));
    return true;
  }
  oweOnce(context, journal.name, Cause.power, journal.missing);
  const known = context.facts.next;
  const sequence: Sequence = { next: Math.max(known[head.boot.key] || 0, head.nextSeq) };
  if (context.facts.damaged) sequence.next += seqJump;
  let whole = true;
  for (let i = 0; i < journal.runs.length && whole; i++) {
    const run = journal.runs[i];
    const stored = cutRun(context, journal, {
      head: head,
      table: table,
      sequence: sequence,
      rows: run.rows,
      firstRow: run.firstRow,
      debts: [],
      nowMs: -1,
      mayBeStored: false,
      always: true,
    });
    whole = stored === run.rows.length;
    if (!whole) {
      keepMark(context, cutMark(journal, run.firstRow + stored));
    }
  }
  known[head.boot.key] = sequence.next;
  keepMark(context, { type: 'next', boot: head.boot, seq: sequence.next });
  return whole;
}

/** Rows of boots that are over become messages of those boots; a journal that cannot be turned whole waits for the next start. */
export function cutJournals(context: RecoverContext, journals: JournalFound[]): number {
  let records = 0;
  for (let i = 0; i < journals.length; i++) {
    const whole = cutJournal(context, journals[i]);
    if (!context.ledger.commit()) {
      // The journal stays, and its messages may be gone before the next start.
      if (whole) keepMark(context, cutMark(journals[i], journals[i].endRow));
      return records;
    }
    if (whole) {
      records += rowsIn(journals[i]);
      context.disk.removeLater(journals[i].name);
    }
  }
  return records;
}
