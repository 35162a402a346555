import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../spool/sqlite.ts';
import type { Finding, Patient } from './finding.ts';

/** Another machine's clock may have been a little ahead when it wrote this store. */
const TOLERANCE_MS = 60_000;

/** Times of records rest on the clock of this machine. */
export function checkClock({ config, nowMs }: Patient): Finding[] {
  const check = 'clock';
  const todo = 'Set the clock of this machine, and keep it set (chrony, systemd-timesyncd).';
  const now = new Date(nowMs).toISOString();
  if (nowMs < Date.parse(config.time.earliestPlausible)) {
    const says = `The clock says ${now}, which is before time.earliestPlausible.`;
    return [{ check, level: 'problem', says, todo }];
  }
  const newestMs = newestReceived(join(config.dataDirectory, 'spool.db'));
  if (newestMs > nowMs + TOLERANCE_MS) {
    const says = `The clock says ${now}, and the newest message was received at ${new Date(newestMs).toISOString()}: it was set back.`;
    return [{ check, level: 'problem', says, todo }];
  }
  return [{ check, level: 'ok', says: `The clock says ${now}, and nothing in the store is from later.` }];
}

function newestReceived(path: string): number {
  if (!existsSync(path)) return 0;
  const db = openDatabase(path);
  try {
    db.exec('PRAGMA query_only = 1; PRAGMA busy_timeout = 2000');
    const newest = 'SELECT received_ms AS ms FROM messages ORDER BY position DESC LIMIT 1';
    return (db.prepare(newest).get() as { ms: number } | undefined)?.ms ?? 0;
  } catch {
    // A store that cannot be read is told by its own check.
    return 0;
  } finally {
    db.close();
  }
}
