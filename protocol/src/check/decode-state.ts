import { Code, limits } from '../wire/index.ts';
import { createColumns, type DataColumns, reserveRows } from './columns.ts';
import type { ModelPlan, PointPlan } from './compile-fields.ts';
import { type Cursor, refuse } from './decode-cursor.ts';

/** Everything one `check` works on; made once per model and reused, so that a message allocates nothing. */
export interface DecodeState extends Cursor {
  plan: ModelPlan;
  columns: DataColumns;
  /** Flags of the record being read. */
  flags: number;
  /** Uptime of the base (label 3). */
  baseMs: number;
  /** Uptime of the row before. */
  rowMs: number;
  /** Records that are no gaps. */
  records: number;
  /** Sum of the counts of gap records. */
  gaps: number;
  /** Purposes of the records that rest on consent: bits of `consentBit`. */
  consent: number;
  /** Packed: the bit being read and the end of the stream, from the start of `bytes`. */
  bit: number;
  bitEnd: number;
  /** Adaptive Rice states: sum and count. One for times, one for the series being read, then one per delta field. */
  riceSum: Float64Array;
  riceCount: Uint8Array;
  /** Delta fields: the value before, NaN = none yet in this message. */
  deltaLast: Float64Array;
}

export function createState(plan: ModelPlan): DecodeState {
  return {
    bytes: new Uint8Array(0),
    pos: 0,
    end: 0,
    code: 0,
    offset: 0,
    detail: '',
    plan,
    columns: createColumns(256),
    flags: 0,
    baseMs: 0,
    rowMs: 0,
    records: 0,
    gaps: 0,
    consent: 0,
    bit: 0,
    bitEnd: 0,
    riceSum: new Float64Array(plan.deltaSlots + 2),
    riceCount: new Uint8Array(plan.deltaSlots + 2),
    deltaLast: new Float64Array(plan.deltaSlots),
  };
}

export function startState(s: DecodeState, bytes: Uint8Array): void {
  s.bytes = bytes;
  s.pos = 0;
  s.end = bytes.length;
  s.code = 0;
  s.records = 0;
  s.gaps = 0;
  s.consent = 0;
  s.columns.count = 0;
  s.columns.slotCount = 0;
}

/** Checks a time that was summed up from the base. */
export function readTime(s: DecodeState, atMs: number): number {
  return atMs <= Number.MAX_SAFE_INTEGER
    ? atMs
    : refuse(s, Code.outOfRange, 'the time is beyond 2^53 - 1 ms');
}

/** Makes room for rows, up to the most that a message may hold. False = refused. */
export function reserve(s: DecodeState, rows: number): boolean {
  if (s.columns.count + rows > limits.maxArrayItems) {
    refuse(s, Code.tooLarge, `more than ${limits.maxArrayItems} records in one message`);
    return false;
  }
  reserveRows(s.columns, rows);
  return true;
}

/** One more record; its attributes, if any, have been written behind `slotCount`. Callers have reserved the row. */
export function pushRow(s: DecodeState, point: PointPlan, atMs: number, value: number): void {
  const columns = s.columns;
  const row = columns.count++;
  columns.point[row] = point.index;
  columns.uptimeMs[row] = atMs;
  columns.value[row] = value;
  columns.flags[row] = s.flags;
  columns.slot[row] = columns.slotCount;
  columns.slotCount += point.attributes;
  s.consent |= point.consent;
  if (point.index !== 0) s.records += 1;
  else s.gaps += value;
}
