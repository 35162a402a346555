import { setImmediate } from 'node:timers/promises';
import type { EraseOutcome, Tombstone } from '../../domain/ports.ts';
import { erased, eraseLater } from '../erase-outcome.ts';
import { retryLater } from '../outcome.ts';
import { quoted } from '../sql/names.ts';
import type { SqlDatabase, SqlValue } from './open-database.ts';

/** What was erased here, so that a request that comes again is answered as before. */
const LEDGER =
  'CREATE TABLE IF NOT EXISTS erasures (id TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID';
/** Sequence numbers whose rows go in one statement: some 10 ms. */
const SEQS_PER_TURN = 2_000;

/** All of it in one transaction; then every page is written anew, so that nothing is left of it in the file. */
export async function eraseRows(db: SqlDatabase, tombstone: Tombstone): Promise<EraseOutcome> {
  const records = await once(db, tombstone);
  // Rows that moved between pages have left copies: `secure_delete` does not reach them.
  db.exec('VACUUM');
  const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number };
  if (busy !== 0)
    return eraseLater(
      retryLater('rows are deleted; somebody reads the database, so its log cannot be cut yet'),
    );
  return erased(records, `${records} records deleted, pages overwritten`);
}

async function once(db: SqlDatabase, tombstone: Tombstone): Promise<number> {
  db.exec(LEDGER);
  db.exec('BEGIN IMMEDIATE');
  try {
    const known = db.prepare('SELECT records FROM erasures WHERE id = ?').get(tombstone.id) as
      | { records: number }
      | undefined;
    const records = known?.records ?? (await deleteAll(db, tombstone));
    if (known === undefined) db.prepare('INSERT INTO erasures VALUES (?, ?)').run(tombstone.id, records);
    db.exec('COMMIT');
    return records;
  } catch (error) {
    try {
      db.exec('ROLLBACK');
    } catch {}
    throw error;
  }
}

/** Gap records count as none: they tell of records that never came. */
async function deleteAll(db: SqlDatabase, tombstone: Tombstone): Promise<number> {
  const tables = (db.prepare('SELECT table_name AS name FROM points').all() as { name: string }[]).map(
    ({ name }) => name,
  );
  let records = 0;
  for (const table of tables) records += await deleteFrom(db, table, tombstone);
  await deleteFrom(db, 'gap_rows', tombstone);
  return records;
}

interface Part {
  boot: string;
  first: number;
  last: number;
}

async function deleteFrom(db: SqlDatabase, table: string, tombstone: Tombstone): Promise<number> {
  const { tenant, device } = tombstone;
  const name = quoted(table);
  const parts = db
    .prepare(
      `SELECT boot, min(seq) AS first, max(seq) AS last FROM ${name} WHERE tenant = ? AND device = ? GROUP BY boot`,
    )
    .all(tenant, device) as Part[];
  const { where, values } = condition(tombstone);
  const remove = db.prepare(
    `DELETE FROM ${name} WHERE tenant = ? AND device = ? AND boot = ? AND seq BETWEEN ? AND ? AND ${where}`,
  );
  let records = 0;
  for (const { boot, first, last } of parts) {
    for (let seq = first; seq <= last; seq += SEQS_PER_TURN) {
      const { changes } = remove.run(tenant, device, boot, seq, seq + SEQS_PER_TURN - 1, ...values) as {
        changes: number | bigint;
      };
      records += Number(changes);
      await setImmediate();
    }
  }
  return records;
}

function condition({ subject, names, fromMs, toMs, isWhole }: Tombstone): {
  where: string;
  values: SqlValue[];
} {
  const inTime = `(at_ms BETWEEN ? AND ?${isWhole ? ' OR received_ms <= ?' : ''})`;
  const times = isWhole ? [fromMs, toMs, toMs] : [fromMs, toMs];
  if (subject === null) return { where: inTime, values: times };
  if (subject === 0) return { where: `${inTime} AND subject IS NULL`, values: times };
  const marks = names.map(() => '?').join(', ');
  return { where: `${inTime} AND subject IN (${marks})`, values: [...times, ...names] };
}
