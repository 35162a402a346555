import type { SpoolFailure } from '../domain/ports.ts';
import { storageFailure } from './failure.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Runs work as one transaction; a storage failure rolls it back and is returned, a bug is thrown. */
export function transactions(db: SqlDatabase): (work: () => void) => SpoolFailure | null {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');
  const undo = db.prepare('ROLLBACK');
  return function transaction(work) {
    let began = false;
    try {
      begin.run();
      began = true;
      work();
      end.run();
      return null;
    } catch (error) {
      if (began) rollBack(undo);
      return storageFailure(error);
    }
  };
}

function rollBack(undo: { run(): unknown }): void {
  try {
    undo.run();
  } catch {
    // SQLite has rolled back by itself after a full disk or an input/output error.
  }
}
