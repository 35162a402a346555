import { createRequire } from 'node:module';

/** The part of the `node:sqlite` API that the sink uses. */
export interface SqlStatement {
  run(...values: SqlValue[]): unknown;
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export type SqlValue = number | string | Uint8Array | null;

export interface SqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}

interface SqliteModule {
  DatabaseSync: new (path: string) => SqlDatabase;
}

/** Node's own SQLite where there is one, else the package with the same API. */
export function openDatabase(path: string, use: 'tables' | 'lock' = 'tables'): SqlDatabase {
  const builtin = process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  const { DatabaseSync } =
    builtin ?? (createRequire(import.meta.url)('@photostructure/sqlite') as SqliteModule);
  const db = new DatabaseSync(path);
  // The package waits 5 s for a lock unless told; a sink and a start must not.
  if (use === 'lock') {
    db.exec('PRAGMA busy_timeout = 0');
    return db;
  }
  // WAL: a person's open query does not block the sink. FULL: accepted means on the disk.
  // The short timeout keeps a foreign writer from holding up the event loop; the forwarder tries again.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 50; PRAGMA cache_size = -16384',
  );
  return db;
}
