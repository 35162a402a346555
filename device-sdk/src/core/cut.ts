import type { ModelTable, Entry as RecordsEntry, SeriesEntry } from '@usewire/protocol/model';
import { encodeLabels, type Tree } from '@usewire/protocol/wire';
import { type Boot, bootKey } from './boot.ts';
import type { Anchor } from './journal.ts';
import type { Debt } from './losses.ts';
import { type Entry, entryOf } from './message.ts';
import type { Outbox } from './outbox.ts';
import { plainRecords, type Row, type StoredRow, storedRow } from './rows.ts';

/** Records of one message as the item of label 7; null when they have no code in this form. */
export type RecordsEncoder = (
  table: ModelTable,
  baseMs: number,
  entries: RecordsEntry[],
) => Uint8Array | null;

/** The clock that the last message of a lane carried which carried one. */
interface ToldClock {
  boot: string;
  originMs: number;
  quality: number;
  /** Messages of the lane since. */
  messages: number;
}

export interface Cutter {
  outbox: Outbox;
  /** By lane: lanes overtake each other, and each is to be understood alone. Begins empty. */
  toldClocks: (ToldClock | undefined)[];
  maxMessageBytes: number;
}

/** Rows that are to become messages. */
export interface CutJob {
  boot: Boot;
  /** Of the model that the rows were recorded with. */
  hash: Uint8Array;
  batch: number;
  epoch: number;
  anchor: Anchor | null;
  /** Uptime of now, or -1 when `boot` is over. */
  nowMs: number;
  isSent: boolean;
  /** Bound of all segments. */
  maxBytes: number;
  /** Told with the first message; all of the running boot. */
  debts: Debt[];
  toldId: number;
  /** Rows before it are part of messages. */
  from: number;
  /** By row: uptime, and number in the batch. */
  times: number[];
  numbers: number[];
  seq: { next: number };
  records(from: number, to: number, baseMs: number, debts: Debt[]): Uint8Array;
  onMessage(entry: Entry): void;
}

/** A sample belongs to a block when it lies within half a period of its place: else the block would move it in time. */
function fits(block: SeriesEntry, atMs: number): boolean {
  return Math.abs(atMs - block.atMs - block.samples.length * block.periodMs) * 2 <= block.periodMs;
}

function entriesOf(table: ModelTable, rows: Row[]): RecordsEntry[] {
  const blocks: (SeriesEntry | undefined)[] = [];
  const entries: RecordsEntry[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const periodMs = table.points[row.point].periodMs;
    const open = blocks[row.point];
    if (periodMs === 0)
      entries.push({ form: 'record', point: row.point, atMs: row.atMs, values: row.values });
    else if (open !== undefined && fits(open, row.atMs)) open.samples.push(row.values[0] as number);
    else {
      const samples = [row.values[0] as number];
      const made: SeriesEntry = { form: 'series', point: row.point, atMs: row.atMs, periodMs, samples };
      blocks[row.point] = made;
      entries.push(made);
    }
  }
  return entries;
}

/** One gap record a cause (POU-GAP-1): point 0 of every model. */
export function gapRows(debts: Debt[], atMs: number): Row[] {
  const rows: (Row | undefined)[] = [];
  for (let i = 0; i < debts.length; i++) {
    const debt = debts[i];
    const seq = debt.seq < 0 ? null : debt.seq;
    const row = rows[debt.cause];
    if (row === undefined) rows[debt.cause] = { point: 0, atMs, values: [debt.count, debt.cause, seq, null] };
    else {
      row.values[0] = (row.values[0] as number) + debt.count;
      if (row.values[2] === null) row.values[2] = seq;
    }
  }
  return rows.filter((row) => row !== undefined) as Row[];
}

/** Rows of this run, encoded by its model. */
export function encodeRows(
  table: ModelTable,
  encode: RecordsEncoder,
  rows: Row[],
  baseMs: number,
): Uint8Array {
  return (
    encode(table, baseMs, entriesOf(table, rows)) ||
    plainRecords(
      rows.map((row): StoredRow => storedRow(table, row)),
      baseMs,
    )
  );
}

/** Label 6 belongs to label 3: time of day moved back to the base. A time before 1970 cannot travel. */
function clockAt(anchor: Anchor | null, baseMs: number): number[] | undefined {
  if (anchor === null) return undefined;
  const unixMs = Math.round(anchor[1] - (anchor[0] - baseMs));
  return unixMs >= 0 ? [unixMs].concat(anchor.slice(2)) : undefined;
}

const tellClockEvery = 32;
const movedMs = 1000;

/**
 * A clock costs more than many a record, and the gateway remembers it: it travels when there is news, and once in a while in case the
 * message that told it was given up (POU-TIME-1).
 */
function isNews(told: ToldClock | undefined, boot: string, originMs: number, quality: number): boolean {
  if (told === undefined || told.boot !== boot || told.messages >= tellClockEvery - 1) return true;
  return told.quality !== quality || Math.abs(originMs - told.originMs) > movedMs;
}

/** Makes messages of rows `from` to `to`; halves them until they are small enough. Returns how many rows were stored. */
export function cutRows(cutter: Cutter, job: CutJob, from: number, to: number, debts: Debt[]): number {
  const lane = job.batch & 3;
  const boot = bootKey(job.boot);
  const baseMs = job.times
    .slice(from, to)
    .reduce((least, at) => Math.min(least, at), debts.length > 0 || from === to ? job.nowMs : Infinity);
  const clock = clockAt(job.anchor, baseMs);
  const told = cutter.toldClocks[lane];
  const tells = clock !== undefined && isNews(told, boot, clock[0] - baseMs, clock[1]);
  // For gateways that have to estimate when a boot began; not where the device knows the time.
  const ageMs = clock !== undefined && clock[1] > 0 ? 0 : job.nowMs - baseMs;
  // Labels of SPEC.md section 2; kind 1 = data.
  const body = encodeLabels({
    0: 1,
    1: job.seq.next,
    2: job.boot,
    3: baseMs,
    4: job.hash.subarray(0, 4),
    5: job.epoch,
    6: tells ? clock : undefined,
    7: job.records(from, to, baseMs, debts),
    8: job.batch >> 2 || undefined,
    9: ageMs > 0 ? ageMs : undefined,
  } as { [label: number]: Tree });
  if (body.length > cutter.maxMessageBytes && to - from > 1) {
    const middle = from + ((to - from) >> 1);
    const first = cutRows(cutter, job, from, middle, debts);
    return first < middle - from ? first : first + cutRows(cutter, job, middle, to, []);
  }
  const entry = entryOf({
    id: cutter.outbox.nextId,
    boot: job.boot,
    seq: job.seq.next,
    isSent: job.isSent,
    records: to - from,
    lost: debts.reduce((sum, debt) => sum + debt.count, 0),
    batch: job.batch,
    fromRow: to > from ? job.numbers[from] : 0,
    toRow: to > from ? job.numbers[to - 1] + 1 : 0,
    toldId: job.toldId,
  });
  if (!cutter.outbox.append(lane, entry, body, job.maxBytes)) return 0;
  job.seq.next++;
  if (tells) cutter.toldClocks[lane] = { boot, originMs: clock[0] - baseMs, quality: clock[1], messages: 0 };
  else if (told !== undefined) told.messages++;
  job.onMessage(entry);
  return to - from;
}
