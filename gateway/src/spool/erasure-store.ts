import type { Erasure } from '../domain/erasure/erasure.ts';
import type { ErasureStore, ErasureWork } from '../domain/erasure/erasure-store.ts';
import { ERASED_KIND } from '../domain/erasure/remains.ts';
import type { DeviceId, SpoolFailure, StoredMessage } from '../domain/ports.ts';
import { storageFailure } from './failure.ts';
import { removeDamaged } from './rescue/remove-damaged.ts';
import { MESSAGE_COLUMNS, type MessageColumns, toStoredMessage } from './rows.ts';
import type { SqlDatabase } from './sqlite.ts';

/** One row a request, with all that is known of it as JSON; no index, whose rows a rescue could take for others. */
export const ERASURE_TABLES = `
CREATE TABLE IF NOT EXISTS erasures (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, tenant TEXT NOT NULL, device TEXT NOT NULL, body TEXT NOT NULL
);
`;

/** Rows looked at in one go: some 10 ms, and then the live messages have their turn. */
const WINDOW_ROWS = 5_000;

export interface ErasureStorePorts {
  /** Null = in memory. */
  directory: string | null;
  transaction(work: () => void): SpoolFailure | null;
  releaseQuarantine(ids: readonly number[]): void;
}

/** What is erased leaves an empty row, so that positions stay what they are. */
export function erasureStore(
  db: SqlDatabase,
  ports: ErasureStorePorts,
): ErasureStore & { save(erasures: readonly Erasure[]): void } {
  const rows = db.prepare('SELECT body FROM erasures ORDER BY number');
  const update = db.prepare('UPDATE erasures SET body = ? WHERE id = ?');
  const insert = db.prepare('INSERT INTO erasures (id, tenant, device, body) VALUES (?, ?, ?, ?)');
  const end = db.prepare(
    'SELECT max(position) AS last FROM (SELECT position FROM messages WHERE position > ? AND position <= ? ORDER BY position LIMIT ?)',
  );
  const replace = db.prepare(
    'UPDATE messages SET kind = ?, records = ?, gaps = 0, payload = ? WHERE position = ?',
  );
  const silence = db.prepare(
    `UPDATE receipts SET answer = '' WHERE last >= ? AND first <= ? AND answer <> ''`,
  );
  const bootsOf = db.prepare('SELECT id, boot FROM boots WHERE tenant = ? AND device = ?');

  function save(erasures: readonly Erasure[]): void {
    for (const erasure of erasures) {
      const body = JSON.stringify(erasure);
      const { changes } = update.run(body, erasure.id) as { changes: number | bigint };
      if (Number(changes) === 0) insert.run(erasure.id, erasure.tenant, erasure.device, body);
    }
  }

  function messagesOf({ tenant, device }: DeviceId, after: number, last: number): StoredMessage[] {
    const boots = new Map(
      (bootsOf.all(tenant, device) as { id: number; boot: string }[]).map((b) => [b.id, b.boot]),
    );
    const ids = [...boots.keys()].join(',');
    const select = db.prepare(
      `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE position > ? AND position <= ? AND boot_id IN (${ids}) ORDER BY position`,
    );
    select.setReturnArrays(true);
    return (select.all(after, last) as MessageColumns[]).map((columns) =>
      toStoredMessage(columns, { tenant, device, boot: boots.get(columns[1])! }),
    );
  }

  function write(
    erasure: Erasure,
    { replaced = [], quarantineIds = [], withNotes = false }: ErasureWork,
  ): void {
    for (const { position, records, payload } of replaced)
      replace.run(ERASED_KIND, records, payload, position);
    // A receiver may have said in its answer what it was given.
    if (replaced.length > 0) silence.run(replaced[0]!.position, replaced[replaced.length - 1]!.position);
    ports.releaseQuarantine(quarantineIds);
    if (withNotes) eraseNotes(db, erasure);
    save([erasure]);
  }

  return {
    save,
    all: () => (rows.all() as { body: string }[]).map(({ body }) => JSON.parse(body) as Erasure),
    window(id, after, through) {
      const { last } = end.get(after, through, WINDOW_ROWS) as { last: number | null };
      return { end: last, messages: last === null ? [] : messagesOf(id, after, last) };
    },
    apply: (erasure, work) => ports.transaction(() => write(erasure, work)),
    overwrite(sinceMs) {
      const isDone = overwritten(db);
      if (isDone && ports.directory !== null) removeDamaged(ports.directory, sinceMs);
      return isDone;
    },
  };
}

/** When a consent record came: it is in its bytes (`entryBody`). */
const RECEIVED = `json_extract(body, '$[14]')`;

/** Connections are the whole device's. Of consent a proof stays, of nobody: who erases the salt erases whose it was. */
function eraseNotes(db: SqlDatabase, { tenant, device, subject, isWhole, toMs }: Erasure): void {
  if (!isWhole) return;
  const ofSubject = subject === null ? '' : ' AND subject = ?3';
  const values = subject === null ? [tenant, device] : [tenant, device, subject];
  db.prepare(
    `UPDATE consents SET device = '', salt = x'' WHERE tenant = ?1 AND device = ?2 AND ${RECEIVED} <= ${toMs}${ofSubject}`,
  ).run(...values);
  if (subject === null)
    db.prepare('DELETE FROM links WHERE tenant = ? AND device = ? AND opened_ms <= ?').run(
      tenant,
      device,
      toMs,
    );
}

/**
 * VACUUM writes every page anew, and the log is cut to nothing: what SQLite leaves of deleted rows in pages, free pages and log is gone.
 * (`secure_delete` alone is not enough: rows that moved between pages leave copies; measured.) False while somebody reads the store.
 */
function overwritten(db: SqlDatabase): boolean {
  try {
    db.exec('VACUUM');
    return (db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number }).busy === 0;
  } catch (error) {
    storageFailure(error);
    return false;
  }
}
