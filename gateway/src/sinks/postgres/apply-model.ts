import type { Model } from '@usewire/protocol/model';
import { literal, quoted } from '../sql/names.ts';
import { newPointRow, type PointRow } from '../sql/point-row.ts';
import { commonColumns, declared, gapTableColumns, type PgColumn, pointColumns } from './columns.ts';
import { type Database, inTransaction } from './database.ts';
import { fitted } from './identifier.ts';
import type { PointTarget } from './insert.ts';
import { lockSchema } from './migrations.ts';
import { findLayout, type TableLayout } from './table-layout.ts';
import { NO_RECORDS, NO_SESSIONS, type PresentColumn, pointView, recordPart, sessionPart } from './views.ts';

/**
 * Brings tables and views up to a model: new points get a table and a view, new attributes a column. Nothing is ever
 * dropped or retyped: what an older model recorded stays. Returns where each point's records go, by its name.
 */
export async function applyModel(
  database: Database,
  schema: string,
  model: Model,
): Promise<Map<string, PointTarget>> {
  return inTransaction(database, async () => {
    await lockSchema(database, schema);
    const targets = new Map<string, PointTarget>([['gap', { table: 'gap_rows', columns: gapTableColumns }]]);
    const layout = await findLayout(database, schema);
    let grown = false;
    for (const name of Object.keys(model.points)) {
      const made = await applyPoint(database, layout, { model, name });
      grown ||= made.grown;
      targets.set(name, made.target);
    }
    if (grown || !(await exists(database, 'records')) || !(await exists(database, 'sessions')))
      await replaceCompoundViews(database);
    return targets;
  });
}

async function applyPoint(
  database: Database,
  layout: TableLayout,
  { model, name }: { model: Model; name: string },
): Promise<{ target: PointTarget; grown: boolean }> {
  const wanted = pointColumns(model.points[name]!);
  const row = await pointRow(database, { model, name, wanted });
  const present = await columnsOf(database, row.table_name);
  if (present.length === 0) for (const statement of layout(row.table_name)) await database.query(statement);
  const columns = [...commonColumns, ...wanted.map((column) => placed(column, present))];
  const there = present.length === 0 ? commonColumns : present;
  const lacking = columns.filter((column) => !there.some((one) => one.name === column.name));
  // Rows that are there already have nothing for it: also a column that somebody dropped is not NOT NULL when it comes back.
  for (const column of lacking)
    await database.query(
      `ALTER TABLE ${quoted(row.table_name)} ADD COLUMN ${declared({ ...column, required: false }, quoted)}`,
    );
  const grown = lacking.length > 0 || !(await exists(database, row.view_name));
  if (grown) await replacePointView(database, row);
  return { target: { table: quoted(row.table_name), columns }, grown };
}

/** A model that changed a column's type against the rules gets a column of its own: `heat` as text becomes `heat_text`. */
function placed(column: PgColumn, present: readonly PresentColumn[]): PgColumn {
  const there = present.find(({ name }) => name === column.name);
  const isKept = !there || there.type === column.type;
  return isKept ? column : { ...column, name: `${column.name}_${column.type.split(' ')[0]}` };
}

async function pointRow(
  database: Database,
  { model, name, wanted }: { model: Model; name: string; wanted: { name: string; role: string }[] },
): Promise<PointRow> {
  const known = await database.query<PointRow>('SELECT * FROM points ORDER BY product, point_id');
  const { id } = model.points[name]!;
  const found = known.find((row) => row.product === model.product && row.point_id === id);
  if (found) return found;
  const valueColumn = wanted.find(({ role }) => role === 'value')?.name ?? null;
  const row = newPointRow({ model, name, valueColumn }, known, fitted);
  await database.query('INSERT INTO points VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
    ...[row.product, row.point_id, row.point, row.kind, row.unit, row.purpose],
    ...[row.table_name, row.view_name, row.value_column],
  ]);
  return row;
}

async function replacePointView(database: Database, row: PointRow): Promise<void> {
  const view = pointView(row, quoted(row.table_name), await columnsOf(database, row.table_name));
  await database.query(`CREATE OR REPLACE VIEW ${quoted(row.view_name)} AS ${view}`);
}

async function replaceCompoundViews(database: Database): Promise<void> {
  const rows = await database.query<PointRow>('SELECT * FROM points ORDER BY product, point_id');
  const records: string[] = [];
  for (const row of rows)
    records.push(recordPart(row, quoted(row.table_name), await columnsOf(database, row.table_name)));
  const sessions = rows
    .filter(({ kind }) => kind === 'session')
    .map((row) => sessionPart(row, quoted(row.table_name)));
  await database.query(`CREATE OR REPLACE VIEW records AS ${[NO_RECORDS, ...records].join(' UNION ALL ')}`);
  await database.query(
    `CREATE OR REPLACE VIEW sessions AS ${[NO_SESSIONS, ...sessions].join(' UNION ALL ')}`,
  );
}

async function exists(database: Database, relation: string): Promise<boolean> {
  const [row] = await database.query<{ found: string | null }>(
    `SELECT to_regclass(${literal(quoted(relation))}) AS found`,
  );
  return row?.found != null;
}

/** In their order; none = there is no such table. */
async function columnsOf(database: Database, table: string): Promise<PresentColumn[]> {
  return database.query<PresentColumn>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = to_regclass(${literal(quoted(table))}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
}
