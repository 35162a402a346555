import { setImmediate } from 'node:timers/promises';
import { DAY_MS, type Retention } from '../../domain/retention.ts';
import { quoted } from '../sql/names.ts';
import type { SqlDatabase } from './open-database.ts';

/** Rows looked at in one turn: some 2 ms, so that messages are served in between. */
const ROWS_PER_TURN = 2_000;

const KEY = 'tenant, device, boot, seq, idx';

interface Table {
  table: string;
  beforeMs: number;
}

/** Deletes what has been held for as long as it may be, a piece of a table at a time. Returns how many records went. */
export async function retainRows(
  db: SqlDatabase,
  known: readonly Retention[],
  nowMs: number,
): Promise<number> {
  let records = 0;
  for (const table of tablesOf(db, known, nowMs)) records += await deleteOld(db, table);
  return records;
}

function tablesOf(db: SqlDatabase, known: readonly Retention[], nowMs: number): Table[] {
  const rows = db.prepare('SELECT product, point_id AS pointId, table_name AS name FROM points').all() as {
    product: string;
    pointId: number;
    name: string;
  }[];
  return rows.flatMap(({ product, pointId, name }) => {
    const days = known.filter((one) => one.product === product && one.pointId === pointId);
    if (days.length === 0) return [];
    return [{ table: name, beforeMs: nowMs - Math.min(...days.map((one) => one.days)) * DAY_MS }];
  });
}

/** Along the primary key: an index on the time of receipt would cost every record a write. */
async function deleteOld(db: SqlDatabase, { table, beforeMs }: Table): Promise<number> {
  const name = quoted(table);
  const first = db.prepare(`SELECT ${KEY} FROM ${name} ORDER BY ${KEY} LIMIT 1 OFFSET ${ROWS_PER_TURN - 1}`);
  const next = db.prepare(
    `SELECT ${KEY} FROM ${name} WHERE (${KEY}) > (?, ?, ?, ?, ?) ORDER BY ${KEY} LIMIT 1 OFFSET ${ROWS_PER_TURN - 1}`,
  );
  const removeFrom = db.prepare(
    `DELETE FROM ${name} WHERE (${KEY}) > (?, ?, ?, ?, ?) AND (${KEY}) <= (?, ?, ?, ?, ?) AND received_ms < ?`,
  );
  const removeRest = db.prepare(`DELETE FROM ${name} WHERE (${KEY}) > (?, ?, ?, ?, ?) AND received_ms < ?`);
  let after: Key = ['', '', '', -1, -1];
  let records = 0;
  for (let end = keyOf(first.get()); end !== null; end = keyOf(next.get(...after))) {
    records += changesOf(removeFrom.run(...after, ...end, beforeMs));
    after = end;
    await setImmediate();
  }
  return records + changesOf(removeRest.run(...after, beforeMs));
}

type Key = [tenant: string, device: string, boot: string, seq: number, idx: number];

function keyOf(row: unknown): Key | null {
  if (row === undefined) return null;
  const { tenant, device, boot, seq, idx } = row as {
    tenant: string;
    device: string;
    boot: string;
    seq: number;
    idx: number;
  };
  return [tenant, device, boot, seq, idx];
}

function changesOf(done: unknown): number {
  return Number((done as { changes: number | bigint }).changes);
}
