import { coversRecord } from '../domain/erasure/erasure.ts';
import type { Tombstone } from '../domain/ports.ts';
import { literal, quoted } from '../sinks/sql/names.ts';
import type { RecordColumn } from '../sinks/sql/record-columns.ts';
import type { SqlDatabase } from '../spool/sqlite.ts';

/** A table of a SQLite store, as its `points` names it. */
export interface StoredPoint {
  product: string;
  pointId: number;
  table: string;
}

export function storedPoints(db: SqlDatabase): StoredPoint[] {
  const rows = db.prepare('SELECT product, point_id AS pointId, table_name AS "table" FROM points').all();
  return rows.map((row) => ({ ...(row as StoredPoint) }));
}

/** The same facts have other names in SQLite, which has no type for a time. */
const NAMES: Record<string, string> = { time: 'at_ms', received: 'received_ms' };

/** Rows of one device in the order of their keys, as values of `columns`; only those that `wanted` covers. */
export function* storedRows(
  db: SqlDatabase,
  table: string,
  columns: readonly RecordColumn[],
  wanted: Tombstone,
): Generator<unknown[]> {
  const present = new Set(
    (db.prepare(`SELECT name FROM pragma_table_info(${literal(table)})`).all() as { name: string }[]).map(
      ({ name }) => name,
    ),
  );
  const names = columns.map(({ name }) => NAMES[name] ?? name);
  const picked = names.map((name) => (present.has(name) ? quoted(name) : 'NULL'));
  const statement = db.prepare(
    `SELECT subject, at_ms, received_ms, ${picked.join(', ')} FROM ${quoted(table)} WHERE tenant = ? AND device = ?`,
  );
  statement.setReturnArrays(true);
  const { tenant, device } = wanted;
  for (const row of statement.iterate(tenant, device)) {
    const [subject, atMs, receivedAtMs, ...values] = row as [string | null, number, number, ...unknown[]];
    if (!coversRecord(wanted, { tenant, device, subject, atMs, receivedAtMs })) continue;
    yield values.map((value, i) => (columns[i]!.type === 'boolean' && value !== null ? value === 1 : value));
  }
}
