import {
  encodeRecords,
  type ModelTable,
  type RecordEntry,
  type Entry as RecordsEntry,
  type SeriesEntry,
} from '@usewire/protocol/model';
import { type Clock, encodeDeviceMessage, Kind } from '@usewire/protocol/wire';
import { ByteCursor } from './byte-buffer.ts';
import type { Anchor, BatchHead } from './journal-frame.ts';
import type { Debt } from './marks.ts';
import type { Entry } from './message-entry.ts';
import type { MessageHead } from './message-frame.ts';
import type { Outbox } from './outbox.ts';
import { type Row, readRow } from './row.ts';

/** Sequence numbers of one boot: taken only when the message is stored. */
export interface Sequence {
  next: number;
}

/** The clock that the last message of a lane carried which carried one. */
interface ToldClock {
  bootKey: string;
  originMs: number;
  quality: number;
  /** Messages of the lane since. */
  messages: number;
}

export interface CutContext {
  outbox: Outbox;
  /** By lane: lanes overtake each other, and each is to be understood alone. Begins empty. */
  toldClocks: (ToldClock | undefined)[];
  encoding: 'packed' | 'plain';
  maxMessageBytes: number;
  /** Called with each stored message. */
  onMessage: (entry: Entry) => void;
}

export interface CutJob {
  head: BatchHead;
  table: ModelTable;
  sequence: Sequence;
  rows: Row[];
  /** Number of rows[0] in its batch. */
  firstRow: number;
  /** Told with the first message; all of the running boot. */
  debts: Debt[];
  /** Uptime of now, or -1 when `head.boot` is over. */
  nowMs: number;
  mayBeStored: boolean;
  /** Passes the bound of the outbox: rows that were on the disk already become smaller, not more. */
  always: boolean;
}

/** All rows of `bytes[0..size)`; a batch's own memory, so they are whole. */
export function rowsOf(bytes: Uint8Array, size: number): Row[] {
  const cursor = new ByteCursor(bytes, 0, size);
  const rows: Row[] = [];
  for (let row = readRow(cursor); row !== null; row = readRow(cursor)) rows.push(row);
  return rows;
}

/** A sample belongs to a block when it lies within half a period of its place: else the block would move it in time. */
function fits(block: SeriesEntry, atMs: number): boolean {
  const place = block.atMs + block.samples.length * block.periodMs;
  return Math.abs(atMs - place) * 2 <= block.periodMs;
}

export function entriesOf(table: ModelTable, rows: Row[], from: number, to: number): RecordsEntry[] {
  const entries: RecordsEntry[] = [];
  const blocks: (SeriesEntry | undefined)[] = [];
  for (let i = from; i < to; i++) {
    const row = rows[i];
    const point = table.points[row.point];
    if (point.kind !== 'series') {
      entries.push({ form: 'record', point: row.point, atMs: row.atMs, values: row.values });
      continue;
    }
    const open = blocks[row.point];
    const sample = row.values[0] as number;
    if (open !== undefined && fits(open, row.atMs)) {
      open.samples.push(sample);
      continue;
    }
    const made: SeriesEntry = {
      form: 'series',
      point: row.point,
      atMs: row.atMs,
      periodMs: point.periodMs,
      samples: [sample],
    };
    blocks[row.point] = made;
    entries.push(made);
  }
  return entries;
}

function gapOf(debts: Debt[], cause: number, bootKey: string, nowMs: number): RecordEntry | null {
  let count = 0;
  let firstSeq = -1;
  let firstAtMs = -1;
  for (let i = 0; i < debts.length; i++) {
    const debt = debts[i];
    if (debt.cause !== cause) continue;
    count += debt.count;
    if (debt.boot.key !== bootKey) continue;
    if (debt.firstSeq >= 0 && (firstSeq < 0 || debt.firstSeq < firstSeq)) firstSeq = debt.firstSeq;
    if (firstAtMs < 0 || debt.atMs < firstAtMs) firstAtMs = debt.atMs;
  }
  if (count === 0) return null;
  const span = firstAtMs >= 0 && firstAtMs < nowMs ? nowMs - firstAtMs : null;
  return {
    form: 'record',
    point: 0,
    atMs: nowMs,
    values: [count, cause, firstSeq >= 0 ? firstSeq : null, span],
  };
}

/** One gap record a cause. */
export function gapEntries(debts: Debt[], bootKey: string, nowMs: number): RecordEntry[] {
  const entries: RecordEntry[] = [];
  for (let cause = 0; cause < 6; cause++) {
    const entry = gapOf(debts, cause, bootKey, nowMs);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

function lostIn(debts: Debt[]): number {
  let count = 0;
  for (let i = 0; i < debts.length; i++) count += debts[i].count;
  return count;
}

function lastId(debts: Debt[]): number {
  return debts.length === 0 ? 0 : debts[debts.length - 1].id;
}

/** Label 6 belongs to label 3: time of day moved back to the base. A time before 1970 cannot travel. */
function clockAt(anchor: Anchor | null, baseMs: number): Clock | undefined {
  if (anchor === null) return undefined;
  const unixMs = Math.round(anchor.wall.unixMs - (anchor.atMs - baseMs));
  if (!(unixMs >= 0)) return undefined;
  const clock: Clock = { unixMs: unixMs, quality: anchor.wall.quality };
  if (anchor.wall.boundMs !== undefined) clock.boundMs = Math.ceil(anchor.wall.boundMs);
  return clock;
}

const tellClockEvery = 32;
const movedMs = 1000;

/**
 * A clock costs more than many a record, and the gateway remembers it: it travels when there is news, and once in a while in case the
 * message that told it was given up (POU-TIME-1).
 */
function isNews(told: ToldClock | undefined, bootKey: string, baseMs: number, clock: Clock): boolean {
  if (told === undefined || told.bootKey !== bootKey || told.messages >= tellClockEvery - 1) return true;
  return told.quality !== clock.quality || Math.abs(clock.unixMs - baseMs - told.originMs) > movedMs;
}

/** After a message is stored. */
function noteClock(context: CutContext, job: CutJob, baseMs: number, sent: Clock | undefined): void {
  const lane = job.head.lane;
  const told = context.toldClocks[lane];
  if (sent !== undefined) {
    context.toldClocks[lane] = {
      bootKey: job.head.boot.key,
      originMs: sent.unixMs - baseMs,
      quality: sent.quality,
      messages: 0,
    };
  } else if (told !== undefined) told.messages += 1;
}

function earliest(entries: RecordsEntry[]): number {
  let atMs = entries[0].atMs;
  for (let i = 1; i < entries.length; i++) atMs = Math.min(atMs, entries[i].atMs);
  return atMs;
}

interface CutMessage {
  baseMs: number;
  entries: RecordsEntry[];
  /** What is known, told or not. */
  clock: Clock | undefined;
  tellsClock: boolean;
}

function encodeData(context: CutContext, job: CutJob, message: CutMessage): Uint8Array {
  const head = job.head;
  const clock = message.clock;
  const baseMs = message.baseMs;
  // For gateways that have to estimate when a boot began; not where the device knows the time.
  const ageMs = clock !== undefined && clock.quality > 0 ? 0 : job.nowMs - baseMs;
  return encodeDeviceMessage({
    kind: Kind.data,
    seq: job.sequence.next,
    boot: head.boot.value,
    uptimeMs: baseMs,
    modelHash: head.modelHash.subarray(0, 4),
    epoch: head.epoch,
    clock: message.tellsClock ? clock : undefined,
    records: encodeRecords(job.table, baseMs, message.entries, context.encoding),
    subject: head.slot > 0 ? head.slot : undefined,
    ageMs: ageMs > 0 ? ageMs : undefined,
  });
}

function frameHead(job: CutJob, from: number, to: number, debts: Debt[]): MessageHead {
  return {
    boot: job.head.boot,
    seq: job.sequence.next,
    records: to - from,
    lost: lostIn(debts),
    before: 0,
    unsynced: 0,
    batch: job.head.number,
    fromRow: job.firstRow + from,
    toRow: job.firstRow + to,
    toldDebtId: lastId(debts),
    mayBeStored: job.mayBeStored,
  };
}

/** Makes messages of rows `from` to `to`; halves them until they are small enough. Returns how many rows were stored. */
function cutRange(context: CutContext, job: CutJob, from: number, to: number, debts: Debt[]): number {
  const gaps = gapEntries(debts, job.head.boot.key, job.nowMs);
  const entries = entriesOf(job.table, job.rows, from, to).concat(gaps);
  const baseMs = earliest(entries);
  const clock = clockAt(job.head.anchor, baseMs);
  const told = context.toldClocks[job.head.lane];
  const tellsClock = clock !== undefined && isNews(told, job.head.boot.key, baseMs, clock);
  const body = encodeData(context, job, {
    baseMs: baseMs,
    entries: entries,
    clock: clock,
    tellsClock: tellsClock,
  });
  if (body.length > context.maxMessageBytes && to - from > 1) {
    const middle = from + ((to - from) >> 1);
    const first = cutRange(context, job, from, middle, debts);
    return first < middle - from ? first : first + cutRange(context, job, middle, to, []);
  }
  const message = { head: frameHead(job, from, to, debts), body: body };
  const entry = context.outbox.append(job.head, job.head.lane, message, job.always);
  if (entry === null) return 0;
  job.sequence.next += 1;
  noteClock(context, job, baseMs, tellsClock ? clock : undefined);
  context.onMessage(entry);
  return to - from;
}

/** Turns rows (or, with none, debts alone) into messages. Returns how many rows were stored, from the first on. */
export function cutRows(context: CutContext, job: CutJob): number {
  return cutRange(context, job, 0, job.rows.length, job.debts);
}
