import { openDatabase } from '../sinks/sqlite/open-database.ts';

/**
 * A lock that the operating system lets go of when the process dies, however it dies: SQLite's own lock on a file.
 * (A file with a process id in it would outlive a `kill -9`.) Null when another process holds it.
 */
export function openLock(path: string): (() => void) | null {
  const db = openDatabase(path, 'lock');
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === 5) return null;
    throw error;
  }
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}
