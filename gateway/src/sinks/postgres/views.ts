import { literal, quoted } from '../sql/names.ts';
import type { PointRow } from '../sql/point-row.ts';
import { commonColumns, type PgType } from './columns.ts';

const COMMON = 'device, subject, time';
const KNOWN = 'flags, tenant, time_quality, time_bound_ms, received, boot, seq, idx';
const END = `time + duration_s * interval '1 second' AS end_time`;

/** A column as it stands in a table now. */
export interface PresentColumn {
  name: string;
  type: PgType;
}

/**
 * A point's own columns stand last: a view that others may have built on can only be replaced by one that has more columns
 * at its end, and must never have to be dropped.
 */
export function pointView(row: PointRow, table: string, present: readonly PresentColumn[]): string {
  const own = present.filter(({ name }) => !commonColumns.some((common) => common.name === name));
  const end = row.kind === 'session' ? [END] : [];
  const columns = [COMMON, ...end, KNOWN, ...own.map(({ name }) => quoted(name))];
  return `SELECT ${columns.join(', ')} FROM ${table}`;
}

/** A part of `records`: numbers in `value`, everything else in `text`. */
export function recordPart(row: PointRow, table: string, present: readonly PresentColumn[]): string {
  const column = present.find(({ name }) => name === row.value_column);
  const isNumber = column && ['bigint', 'double precision'].includes(column.type);
  const number = isNumber ? `${quoted(column.name)}::double precision` : 'NULL::double precision';
  const text = column && !isNumber ? `${quoted(column.name)}::text` : 'NULL::text';
  const words = [row.product, row.point, row.kind].map(literal);
  const unit = row.unit === null ? 'NULL::text' : `${literal(row.unit)}::text`;
  return `SELECT ${COMMON}, ${words[0]}::text AS product, ${words[1]}::text AS point, ${words[2]}::text AS kind, ${number} AS value,
    ${text} AS text, ${unit} AS unit, ${KNOWN} FROM ${table}`;
}

/** A part of `sessions`: when each began and ended. */
export function sessionPart(row: PointRow, table: string): string {
  return `SELECT ${COMMON}, ${END}, duration_s, ${literal(row.product)}::text AS product, ${literal(row.point)}::text AS point,
    ${KNOWN} FROM ${table}`;
}

/** Without a point, a view has its columns and no row. */
export const NO_RECORDS = `SELECT ${COMMON}, ''::text AS product, ''::text AS point, ''::text AS kind, NULL::double precision AS value,
  NULL::text AS text, NULL::text AS unit, ${KNOWN} FROM gap_rows WHERE false`;
export const NO_SESSIONS = `SELECT ${COMMON}, time AS end_time, NULL::double precision AS duration_s, ''::text AS product,
  ''::text AS point, ${KNOWN} FROM gap_rows WHERE false`;
export const GAPS = `SELECT device, time, lost, cause, first_seq, span_ms, product, ${KNOWN} FROM gap_rows`;
