import { Client } from 'pg';
import { quoted } from '../sql/names.ts';

/** The part of a connection that tables and views are made with. */
export interface Database {
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Connection extends Database {
  /** Throws what `pg` throws. */
  open(): Promise<void>;
  /** At once, whatever is under way: that fails. */
  close(): void;
}

export interface ConnectionOptions {
  name: string;
  url: string;
  schema: string;
  timeoutMs: number;
  /** The connection broke while nothing was under way. */
  lost(): void;
}

/** A connection that is not open yet. Opening and every statement have `timeoutMs`. */
export function createConnection(options: ConnectionOptions): Connection {
  const client = new Client({
    connectionString: options.url,
    application_name: `usewire ${options.name}`,
    keepAlive: true,
    connectionTimeoutMillis: options.timeoutMs,
    statement_timeout: options.timeoutMs,
    // The server gives up first, and says why; this is for a server that says nothing.
    query_timeout: options.timeoutMs + 1_000,
  });
  client.on('error', options.lost);
  const connection: Connection = {
    async open() {
      await client.connect();
      await prepare(connection, options.schema);
    },
    query: async <Row extends object>(sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows as Row[],
    close() {
      // While something is under way this breaks the connection, and what waits fails.
      void client.end().catch(() => {});
    },
  };
  return connection;
}

/** Accepted means on the disk of the server: a server that answers before that is asked not to, for this connection. */
async function prepare(database: Database, schema: string): Promise<void> {
  await database.query(`SET search_path TO ${quoted(schema)}`);
  await database.query(
    `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
  );
}

/** All of `work` or nothing of it. A connection whose transaction failed is not used again, so nothing is rolled back here. */
export async function inTransaction<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await database.query('BEGIN');
  const result = await work();
  await database.query('COMMIT');
  return result;
}
