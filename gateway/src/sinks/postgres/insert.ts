import type { SinkRecord } from '../../domain/ports.ts';
import { quoted } from '../sql/names.ts';
import type { PgColumn } from './columns.ts';

/** Where the records of one point of one model go. */
export interface PointTarget {
  /** With its schema, quoted. */
  table: string;
  columns: readonly PgColumn[];
}

/**
 * One statement a table and batch, with one parameter: a JSON list of rows. Measured in place of one parameter a value, which
 * PostgreSQL limits to 65,535. A record that is there already is left as it is.
 */
export function insertSql({ table, columns }: PointTarget): string {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const values = columns.map(({ type }, i) => (type === 'timestamptz' ? instant(i) : `r.c${i}`)).join(', ');
  const shape = columns.map(({ type }, i) => `c${i} ${type === 'timestamptz' ? 'bigint' : type}`).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM json_to_recordset($1::json) AS r(${shape}) ON CONFLICT DO NOTHING`;
}

/** Unix ms, without the rounding of a division by 1,000. */
function instant(column: number): string {
  return `timestamptz 'epoch' + r.c${column} * interval '1 millisecond'`;
}

/** The rows as the statement reads them. What is null is left out. */
export function rowsJson(columns: readonly PgColumn[], records: readonly SinkRecord[]): string {
  return JSON.stringify(records.map((record) => rowOf(columns, record)));
}

function rowOf(columns: readonly PgColumn[], record: SinkRecord): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [i, column] of columns.entries()) {
    const value = column.read(record);
    if (value !== null) row[`c${i}`] = value;
  }
  return row;
}
