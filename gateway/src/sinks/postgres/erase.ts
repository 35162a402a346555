import type { Tombstone } from '../../domain/ports.ts';
import { type Erased, erased } from '../erase-outcome.ts';
import { quoted } from '../sql/names.ts';
import { type Database, inTransaction } from './database.ts';

/** All of it in one transaction; what was erased is written down with it, so that a request that comes again is answered as before. */
export async function eraseRows(database: Database, tombstone: Tombstone): Promise<Erased> {
  const records = await inTransaction(database, () => once(database, tombstone));
  return erased(
    records,
    `${records} records deleted; PostgreSQL's vacuum overwrites them, copies and archives of its log are yours`,
  );
}

async function once(database: Database, tombstone: Tombstone): Promise<number> {
  await database.query('CREATE TABLE IF NOT EXISTS erasures (id text PRIMARY KEY, records bigint NOT NULL)');
  const [known] = await database.query<{ records: string }>('SELECT records FROM erasures WHERE id = $1', [
    tombstone.id,
  ]);
  if (known !== undefined) return Number(known.records);
  // In the order of their names, as batches go: two gateways on one schema would wait for each other for ever.
  const tables = await database.query<{ name: string }>(
    'SELECT table_name AS name FROM points ORDER BY table_name',
  );
  let records = 0;
  for (const { name } of tables) records += await deleteFrom(database, name, tombstone);
  await deleteFrom(database, 'gap_rows', tombstone);
  await database.query('INSERT INTO erasures VALUES ($1, $2)', [tombstone.id, records]);
  return records;
}

async function deleteFrom(database: Database, table: string, tombstone: Tombstone): Promise<number> {
  const { tenant, device, subject, names, fromMs, toMs, isWhole } = tombstone;
  const at = (value: string) => `timestamptz 'epoch' + ${value} * interval '1 millisecond'`;
  const inTime = `(time BETWEEN ${at('$3::bigint')} AND ${at('$4::bigint')}${isWhole ? ` OR received <= ${at('$4::bigint')}` : ''})`;
  const ofSubject =
    subject === null ? '' : subject === 0 ? ' AND subject IS NULL' : ' AND subject = ANY($5::text[])';
  const values = [tenant, device, fromMs, toMs, ...(subject === null || subject === 0 ? [] : [names])];
  const [row] = await database.query<{ gone: string }>(
    `WITH gone AS (DELETE FROM ${quoted(table)} WHERE tenant = $1 AND device = $2 AND ${inTime}${ofSubject} RETURNING 1) SELECT count(*) AS gone FROM gone`,
    values,
  );
  return Number(row!.gone);
}
