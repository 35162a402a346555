import { literal, quoted } from '../sql/names.ts';
import { commonColumns, declared } from './columns.ts';
import type { Database } from './database.ts';
import { KEY } from './migrations.ts';

/** How the table of a point is made: its statements. */
export type TableLayout = (table: string) => string[];

/** Inserting into a chunk that is compressed, with ON CONFLICT, came with TimescaleDB 2.11. */
const LEAST = [2, 11];
const CHUNK = "interval '1 day'";
const COMPRESS_AFTER = "interval '7 days'";

/** Hypertables where this database has the extension of Timescale, plain tables elsewhere. What is there already stays what it is. */
export async function findLayout(database: Database, schema: string): Promise<TableLayout> {
  const [found] = await database.query<{ version: string; schema: string }>(
    `SELECT extversion AS version, nspname AS schema FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
     WHERE extname = 'timescaledb'`,
  );
  return found && isEnough(found.version) ? hypertables(schema, found.schema) : plainTables;
}

/** With the columns of all records; a point's own are added by name. */
export const plainTables: TableLayout = (table) => [
  `CREATE TABLE ${quoted(table)} (${columns()}, ${KEY})`,
  `CREATE INDEX ON ${quoted(table)} USING brin (time)`,
];

/** A unique key of a hypertable has its time in it: a record has the same time whenever the same gateway writes it. */
function hypertables(schema: string, extension: string): TableLayout {
  return (table) => {
    const relation = literal(`${quoted(schema)}.${quoted(table)}`);
    const call = (name: string, rest: string) => `SELECT ${quoted(extension)}.${name}(${relation}, ${rest})`;
    return [
      `CREATE TABLE ${quoted(table)} (${columns()}, ${KEY.replace(')', ', time)')})`,
      call('create_hypertable', `'time', chunk_time_interval => ${CHUNK}`),
      `ALTER TABLE ${quoted(table)} SET (timescaledb.compress, timescaledb.compress_segmentby = 'tenant, device',
       timescaledb.compress_orderby = 'time DESC')`,
      call('add_compression_policy', COMPRESS_AFTER),
    ];
  };
}

function columns(): string {
  return commonColumns.map((column) => declared(column, quoted)).join(', ');
}

function isEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > LEAST[0]! || (major === LEAST[0]! && minor >= LEAST[1]!);
}
