import { createRequire } from 'node:module';

/** The part of `node:sqlite` that the store uses. */
export interface SqlStatement {
  run(...values: SqlValue[]): unknown;
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
  iterate(...values: SqlValue[]): IterableIterator<unknown>;
  /** Rows as arrays of columns: measured, half the time of rows as objects. */
  setReturnArrays(on: boolean): void;
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

/**
 * Node's own SQLite where there is one (24), else the package with the same API and its binaries inside.
 * libsql is no alternative: on a full disk it aborts the process.
 */
function sqliteModule(): SqliteModule {
  const builtin = process.getBuiltinModule?.('node:sqlite') as SqliteModule | undefined;
  return builtin ?? (createRequire(import.meta.url)('@photostructure/sqlite') as SqliteModule);
}

export function openDatabase(path: string): SqlDatabase {
  return new (sqliteModule().DatabaseSync)(path);
}
