import { ByteCursor } from './byte-buffer.ts';
import type { Disk } from './disk.ts';
import { scanFrames } from './frames.ts';
import { ledgerPrefix } from './ledger.ts';
import { type Debt, type Done, type Mark, readMark } from './marks.ts';

/** What the ledger's files say at a start. */
export interface LedgerFacts {
  fileNumber: number;
  files: string[];
  done: { [message: string]: Done };
  sent: { [message: string]: boolean };
  debts: Debt[];
  toldId: number;
  lastDebtId: number;
  /** Next sequence number by boot. */
  next: { [boot: string]: number };
  /** Losses by place that some debt already holds. */
  holes: { [name: string]: number };
  /** Rows that are part of messages, from the first on, by batch. */
  cut: { [batch: string]: number };
  /** Some bytes could not be read: sequence numbers may have been among them. */
  damaged: boolean;
}

export function messageKey(bootKey: string, seq: number): string {
  return bootKey + '/' + seq;
}

export function seenSeq(facts: LedgerFacts, bootKey: string, next: number): void {
  facts.next[bootKey] = Math.max(facts.next[bootKey] || 0, next);
}

function applyMark(facts: LedgerFacts, mark: Mark): void {
  if (mark.type === 'done') {
    facts.done[messageKey(mark.done.boot.key, mark.done.seq)] = mark.done;
    seenSeq(facts, mark.done.boot.key, mark.done.seq + 1);
  } else if (mark.type === 'debt') {
    facts.debts.push(mark.debt);
    facts.lastDebtId = Math.max(facts.lastDebtId, mark.debt.id);
  } else if (mark.type === 'told') facts.toldId = Math.max(facts.toldId, mark.debtId);
  else if (mark.type === 'next') seenSeq(facts, mark.boot.key, mark.seq);
  else if (mark.type === 'sent') {
    facts.sent[messageKey(mark.boot.key, mark.seq)] = true;
    seenSeq(facts, mark.boot.key, mark.seq + 1);
  } else if (mark.type === 'hole') {
    facts.holes[mark.name] = Math.max(facts.holes[mark.name] || 0, mark.count);
  } else if (mark.type === 'cut') facts.cut[mark.name] = Math.max(facts.cut[mark.name] || 0, mark.count);
}

function marksOf(bytes: Uint8Array): { marks: Mark[]; damaged: boolean } {
  const marks: Mark[] = [];
  let damaged = false;
  const torn = scanFrames(bytes, function (from, to, hole) {
    damaged = damaged || hole;
    const cursor = new ByteCursor(bytes, from, to);
    for (let mark = readMark(cursor); mark !== null; mark = readMark(cursor)) marks.push(mark);
  });
  return { marks: marks, damaged: damaged || torn > 0 };
}

function isSnapshot(marks: Mark[]): boolean {
  return marks.some(function (mark) {
    return mark.type === 'snapshot';
  });
}

/** Reads the files from the last whole snapshot on. A debt that is read twice counts once: its id tells. */
export function readLedger(disk: Disk): LedgerFacts {
  const facts: LedgerFacts = {
    fileNumber: 0,
    files: [],
    done: {},
    sent: {},
    debts: [],
    toldId: 0,
    lastDebtId: 0,
    next: {},
    holes: {},
    cut: {},
    damaged: false,
  };
  const files = disk.numbered(ledgerPrefix);
  let kept: Mark[][] = [];
  for (let i = 0; i < files.length; i++) {
    const bytes = disk.readAll(files[i].name);
    const read = bytes === null ? { marks: [], damaged: true } : marksOf(bytes);
    facts.damaged = facts.damaged || read.damaged;
    if (isSnapshot(read.marks)) kept = [];
    kept.push(read.marks);
    facts.fileNumber = files[i].number + 1;
    facts.files.push(files[i].name);
  }
  for (let i = 0; i < kept.length; i++) {
    for (let j = 0; j < kept[i].length; j++) applyMark(facts, kept[i][j]);
  }
  return facts;
}

/** Debts that no message tells, each once. */
export function untoldOf(facts: LedgerFacts): Debt[] {
  const seen: { [id: number]: boolean } = {};
  return facts.debts.filter(function (debt) {
    const fresh = debt.id > facts.toldId && !seen[debt.id];
    seen[debt.id] = true;
    return fresh;
  });
}
