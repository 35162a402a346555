import type { Disk } from './disk.ts';
import { scanFrames } from './frames.ts';
import { type BatchHead, readJournalFrame } from './journal-frame.ts';
import { type JournalName, type Place, readJournalName } from './place.ts';
import type { LanesFound } from './recover-lanes.ts';
import type { LedgerFacts } from './recover-ledger.ts';
import { type Row, readRow } from './row.ts';

/** Rows of a batch that are part of no message yet: runs of rows whose numbers follow each other. */
export interface JournalFound {
  name: string;
  /** Boot and number of its batch. */
  key: string;
  /** Null: its bytes are gone. The rows can then only be counted. */
  head: BatchHead | null;
  runs: { firstRow: number; rows: Row[] }[];
  /** Rows whose numbers say that they were written and whose bytes are gone. */
  missing: number;
  /** Number after its last row, cut or not. */
  endRow: number;
}

interface Numbered {
  number: number;
  row: Row;
}

function isCut(cut: number[][], upTo: number, row: number): boolean {
  if (row < upTo) return true;
  for (let i = 0; i < cut.length; i++) {
    if (row >= cut[i][0] && row < cut[i][1]) return true;
  }
  return false;
}

function toRuns(rows: Numbered[]): { firstRow: number; rows: Row[] }[] {
  const runs: { firstRow: number; rows: Row[] }[] = [];
  let next = -1;
  for (let i = 0; i < rows.length; i++) {
    if (rows[i].number !== next) runs.push({ firstRow: rows[i].number, rows: [] });
    runs[runs.length - 1].rows.push(rows[i].row);
    next = rows[i].number + 1;
  }
  return runs;
}

/** Rows of a segment in order, and how many are missing between them. */
function readRows(
  bytes: Uint8Array,
  place: Place,
  headOut: { head: BatchHead | null },
): { rows: Numbered[]; holes: number[][]; end: number } {
  const rows: Numbered[] = [];
  const holes: number[][] = [];
  let next = 0;
  scanFrames(bytes, function (from, to) {
    const frame = readJournalFrame(bytes, from, to, place);
    if (frame === null) return;
    if (frame.type === 'head') {
      headOut.head = frame.head;
      return;
    }
    if (frame.firstRow > next) holes.push([next, frame.firstRow]);
    for (let i = 0; i < frame.count; i++) {
      const row = readRow(frame.cursor);
      if (row !== null) rows.push({ number: frame.firstRow + i, row: row });
    }
    next = frame.firstRow + frame.count;
  });
  return { rows: rows, holes: holes, end: next };
}

function readJournal(
  name: JournalName,
  bytes: Uint8Array,
  lanes: LanesFound,
  facts: LedgerFacts,
): JournalFound {
  const headOut: { head: BatchHead | null } = { head: null };
  const read = readRows(bytes, name, headOut);
  const key = name.key;
  const cut = lanes.cutRows[key] || [];
  const upTo = facts.cut[key] || 0;
  const open = read.rows.filter(function (item) {
    return !isCut(cut, upTo, item.number);
  });
  let missing = 0;
  for (let i = 0; i < read.holes.length; i++) {
    for (let row = read.holes[i][0]; row < read.holes[i][1]; row++) {
      if (!isCut(cut, upTo, row)) missing += 1;
    }
  }
  return {
    name: name.name,
    key: key,
    head: headOut.head,
    runs: toRuns(open),
    missing: missing,
    endRow: read.end,
  };
}

/** The journals of boots that are over, without those that nobody allows any more. */
export function readJournals(
  disk: Disk,
  lanes: LanesFound,
  facts: LedgerFacts,
  allows: (place: Place) => boolean,
): JournalFound[] {
  const found: JournalFound[] = [];
  const names = disk.names().sort();
  for (let i = 0; i < names.length; i++) {
    const name = readJournalName(names[i]);
    if (name === null || !allows(name)) continue;
    const bytes = disk.readAll(names[i]);
    if (bytes !== null) found.push(readJournal(name, bytes, lanes, facts));
  }
  return found;
}
