import type { SqlDatabase } from './sqlite.ts';

/**
 * Rows to a chunk. Each column of a chunk comes as one JSON text: measured, a million rows in 0.5 s, where a call for every row takes 2.4 s, and a
 * GROUP BY over ten thousand boots 4.4 s.
 */
const CHUNK_ROWS = 5_000;

// (clock & 3) = 2: its time comes from the device (`packClock` in rows.ts).
const COLUMNS = [
  'boot_id',
  'seq',
  'records',
  'gaps',
  'received_ms',
  'CASE WHEN (clock & 3) = 2 THEN position ELSE 0 END',
];

const CHUNK = `SELECT max(position), ${COLUMNS.map((column) => `json_group_array(${column})`).join(', ')}
  FROM (SELECT * FROM messages WHERE position > ? ORDER BY position LIMIT ?)`;

/** A row behind the snapshot, without its payload. */
export interface TailRow {
  bootId: number;
  seq: number;
  records: number;
  gaps: number;
  receivedMs: number;
  /** Its position, if it has its time from the device; else 0. */
  clockPosition: number;
}

/** Hands over every row behind the position `after`, in order: one object whose values change, which is not to be kept. */
export function readTail(db: SqlDatabase, after: number, take: (row: TailRow) => void): void {
  const select = db.prepare(CHUNK);
  select.setReturnArrays(true);
  const row = {} as TailRow;
  for (let last = after; ; ) {
    const [position, ...texts] = select.get(last, CHUNK_ROWS) as [number | null, ...string[]];
    if (position === null) return;
    const columns = texts.map((text) => JSON.parse(text) as number[]);
    for (let i = 0; i < columns[0]!.length; i += 1) take(setRow(row, columns, i));
    last = position;
  }
}

function setRow(row: TailRow, columns: readonly (readonly number[])[], i: number): TailRow {
  row.bootId = columns[0]![i]!;
  row.seq = columns[1]![i]!;
  row.records = columns[2]![i]!;
  row.gaps = columns[3]![i]!;
  row.receivedMs = columns[4]![i]!;
  row.clockPosition = columns[5]![i]!;
  return row;
}
