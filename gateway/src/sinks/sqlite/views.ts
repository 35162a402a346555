import { literal, quoted } from '../sql/names.ts';
import type { PointRow } from '../sql/point-row.ts';
import { commonColumns } from './columns.ts';
import type { SqlDatabase } from './open-database.ts';

/** SQLite takes at most 500 parts of a compound SELECT. */
const MAX_PARTS = 500;

/** ISO 8601 with ms, UTC, of an expression in ms. */
function isoTime(ms: string): string {
  return `strftime('%Y-%m-%dT%H:%M:%fZ', (${ms}) / 1000.0, 'unixepoch')`;
}

/** What a person reads first stands first: who, when, what; then how it was known. */
export function pointView(row: PointRow, columns: string[]): string {
  const own = columns.filter((name) => !commonColumns.some((common) => common.name === name)).map(quoted);
  const end = row.kind === 'session' ? [`${isoTime('at_ms + duration_s * 1000')} AS end_time`] : [];
  return `SELECT ${[
    'device',
    'subject',
    `${isoTime('at_ms')} AS time`,
    ...end,
    ...own,
    'flags',
    'tenant',
    'time_quality',
    'time_bound_ms',
    `${isoTime('received_ms')} AS received`,
    'at_ms',
    'boot',
    'seq',
    'idx',
  ].join(', ')} FROM ${quoted(row.table_name)}`;
}

/** Views over all points: `records`, `sessions`, `gaps`. They are made anew when a model brings points. */
export function createViews(db: SqlDatabase, points: PointRow[]): void {
  const sessions = points.filter((point) => point.kind === 'session');
  replaceView(db, 'records', compound(points.map(recordPart), recordPart(nothing)));
  replaceView(db, 'sessions', compound(sessions.map(sessionPart), sessionPart(nothing)));
  replaceView(db, 'gaps', gapView);
}

function replaceView(db: SqlDatabase, name: string, select: string): void {
  db.exec(`DROP VIEW IF EXISTS ${name}; CREATE VIEW ${name} AS ${select}`);
}

/** Without a point the view has its columns and no row. */
const nothing: PointRow = {
  product: '',
  point_id: 0,
  point: '',
  kind: '',
  unit: null,
  purpose: '',
  table_name: 'gap_rows',
  view_name: '',
  value_column: null,
};

function compound(parts: string[], empty: string): string {
  return parts.length === 0 ? `${empty} WHERE 0` : parts.slice(0, MAX_PARTS).join(' UNION ALL ');
}

function recordPart(row: PointRow): string {
  const value = row.value_column === null ? 'NULL' : quoted(row.value_column);
  return `SELECT device, subject, ${isoTime('at_ms')} AS time, ${literal(row.product)} AS product,
    ${literal(row.point)} AS point, ${literal(row.kind)} AS kind, ${value} AS value,
    ${row.unit === null ? 'NULL' : literal(row.unit)} AS unit, flags, tenant, at_ms, time_quality, boot, seq, idx
    FROM ${quoted(row.table_name)}`;
}

function sessionPart(row: PointRow): string {
  const duration = row.value_column === null ? 'NULL' : quoted(row.value_column);
  return `SELECT device, subject, ${isoTime('at_ms')} AS time, ${isoTime(`at_ms + ${duration} * 1000`)} AS end_time,
    ${duration} AS duration_s, ${literal(row.product)} AS product, ${literal(row.point)} AS point, tenant, at_ms,
    boot, seq, idx FROM ${quoted(row.table_name)}`;
}

const gapView = `SELECT device, ${isoTime('at_ms')} AS time, lost, cause, first_seq, span_ms, product, tenant, at_ms,
  boot, seq, idx FROM gap_rows`;
