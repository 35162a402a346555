import { literal, quoted } from '../sql/names.ts';
import { declared, gapTableColumns } from './columns.ts';
import { type Database, inTransaction } from './database.ts';
import { GAPS, NO_RECORDS, NO_SESSIONS } from './views.ts';

export const KEY = 'PRIMARY KEY (tenant, device, boot, seq, idx)';

/** What each version of the layout brought, for ever as it was. The tables of points follow the models instead. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE points (
      product text NOT NULL, point_id integer NOT NULL, point text NOT NULL, kind text NOT NULL, unit text,
      purpose text NOT NULL, table_name text NOT NULL UNIQUE, view_name text NOT NULL UNIQUE, value_column text,
      PRIMARY KEY (product, point_id))`,
    `CREATE TABLE gap_rows (${gapTableColumns.map((column) => declared(column, quoted)).join(', ')}, ${KEY})`,
    `CREATE INDEX ON gap_rows USING brin (time)`,
    `CREATE VIEW records AS ${NO_RECORDS}`,
    `CREATE VIEW sessions AS ${NO_SESSIONS}`,
    `CREATE VIEW gaps AS ${GAPS}`,
  ],
];

/** One at a time, of all gateways on this schema: two that see a new model at once would both make its table. */
export async function lockSchema(database: Database, schema: string): Promise<void> {
  await database.query(`SELECT pg_advisory_xact_lock(hashtext('usewire'), hashtext(${literal(schema)}))`);
}

/** Brings the schema up to this version. Throws when a newer one has been here. */
export async function migrate(database: Database, schema: string): Promise<void> {
  await inTransaction(database, async () => {
    await lockSchema(database, schema);
    // CREATE SCHEMA IF NOT EXISTS asks for the right to make one even where it exists.
    const [found] = await database.query(`SELECT FROM pg_namespace WHERE nspname = ${literal(schema)}`);
    if (!found) await database.query(`CREATE SCHEMA ${quoted(schema)}`);
    await database.query(
      'CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    );
    const [row] = await database.query<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM migrations',
    );
    const version = row?.version ?? 0;
    if (version > MIGRATIONS.length)
      throw new Error(
        `schema "${schema}" has layout ${version}, this gateway knows ${MIGRATIONS.length}: run the newer gateway, or give this one a schema of its own`,
      );
    for (const [i, statements] of MIGRATIONS.entries()) {
      if (i < version) continue;
      for (const statement of statements) await database.query(statement);
      await database.query('INSERT INTO migrations (version) VALUES ($1)', [i + 1]);
    }
  });
}
