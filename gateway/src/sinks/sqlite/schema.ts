import type { Model } from '@usewire/protocol/model';
import { literal, quoted } from '../sql/names.ts';
import { newPointRow, type PointRow } from '../sql/point-row.ts';
import { commonColumns, gapSqlColumns, type PointColumn, pointColumns } from './columns.ts';
import type { SqlDatabase } from './open-database.ts';
import { createViews, pointView } from './views.ts';

/** Where the records of one point of one model go. */
export interface PointTarget {
  table: string;
  columns: { name: string; read: PointColumn['read'] }[];
}

const KEY = 'PRIMARY KEY (tenant, device, boot, seq, idx)';

/** Tables that exist before any model is known. */
export function prepareDatabase(db: SqlDatabase): void {
  db.exec(`
    CREATE TABLE IF NOT EXISTS points (
      product TEXT NOT NULL, point_id INTEGER NOT NULL, point TEXT NOT NULL, kind TEXT NOT NULL,
      unit TEXT, purpose TEXT NOT NULL, table_name TEXT NOT NULL UNIQUE, view_name TEXT NOT NULL UNIQUE,
      value_column TEXT, PRIMARY KEY (product, point_id)
    );
    CREATE TABLE IF NOT EXISTS gap_rows (
      ${[...commonColumns, ...gapSqlColumns].map(({ name, type }) => `${name} ${type}`).join(', ')}, ${KEY}
    ) WITHOUT ROWID;`);
  createViews(db, knownPoints(db));
}

function knownPoints(db: SqlDatabase): PointRow[] {
  return db.prepare('SELECT * FROM points ORDER BY product, point_id').all() as PointRow[];
}

/**
 * Brings the tables up to a model: new points get a table and a view, new attributes a column. Nothing is ever
 * dropped or retyped: what an older model recorded stays. Returns the targets by point name.
 */
export function applyModel(db: SqlDatabase, model: Model): Map<string, PointTarget> {
  const targets = new Map<string, PointTarget>([['gap', gapTarget]]);
  for (const [name, point] of Object.entries(model.points)) {
    const columns = pointColumns(point);
    const row = pointRow(db, { model, name, columns });
    bringUp(db, row, columns);
    targets.set(name, { table: row.table_name, columns: [...commonColumns, ...columns] });
  }
  createViews(db, knownPoints(db));
  return targets;
}

const gapTarget: PointTarget = { table: 'gap_rows', columns: [...commonColumns, ...gapSqlColumns] };

function pointRow(
  db: SqlDatabase,
  { model, name, columns }: { model: Model; name: string; columns: PointColumn[] },
): PointRow {
  const found = db
    .prepare('SELECT * FROM points WHERE product = ? AND point_id = ?')
    .get(model.product, model.points[name]!.id) as PointRow | undefined;
  if (found) return found;
  const valueColumn = columns.find((column) => column.role === 'value')?.name ?? null;
  const row = newPointRow({ model, name, valueColumn }, knownPoints(db));
  db.prepare('INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    ...[row.product, row.point_id, row.point, row.kind, row.unit, row.purpose],
    ...[row.table_name, row.view_name, row.value_column],
  );
  return row;
}

function bringUp(db: SqlDatabase, row: PointRow, columns: PointColumn[]): void {
  const table = quoted(row.table_name);
  const common = commonColumns.map(({ name, type }) => `${name} ${type}`);
  db.exec(`CREATE TABLE IF NOT EXISTS ${table} (${[...common, KEY].join(', ')}) WITHOUT ROWID`);
  const present = new Set(columnsOf(db, row.table_name));
  for (const { name, type } of columns) {
    if (!present.has(name)) db.exec(`ALTER TABLE ${table} ADD COLUMN ${quoted(name)} ${type}`);
  }
  const view = quoted(row.view_name);
  db.exec(
    `DROP VIEW IF EXISTS ${view}; CREATE VIEW ${view} AS ${pointView(row, columnsOf(db, row.table_name))}`,
  );
}

function columnsOf(db: SqlDatabase, table: string): string[] {
  const rows = db.prepare(`SELECT name FROM pragma_table_info(${literal(table)})`).all() as {
    name: string;
  }[];
  return rows.map(({ name }) => name);
}
