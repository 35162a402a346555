import type { AuditEntry } from '../domain/ports.ts';
import type { SqlDatabase } from './sqlite.ts';

/** What operators did to the data, in the transaction that did it. */
export function auditStore(db: SqlDatabase) {
  const insert = db.prepare('INSERT INTO audit (at_ms, by, what, detail) VALUES (?, ?, ?, ?)');
  const newest = db.prepare('SELECT at_ms AS atMs, by, what, detail FROM audit ORDER BY id DESC LIMIT 1000');
  return {
    add(entries: readonly AuditEntry[]): void {
      for (const { atMs, by, what, detail } of entries) insert.run(atMs, by, what, detail);
    },
    list: (): AuditEntry[] => (newest.all() as AuditEntry[]).map((entry) => ({ ...entry })),
  };
}
