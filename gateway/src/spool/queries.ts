import type { BootSnapshot, MessageKey, StoredMessage } from '../domain/ports.ts';
import { type BootRow, MESSAGE_COLUMNS, type MessageColumns, toBoot, toStoredMessage } from './rows.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Numbers that the store keeps of itself. */
export function metaValues(db: SqlDatabase) {
  const get = db.prepare('SELECT value FROM meta WHERE key = ?');
  const put = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  return {
    number: (key: string): number => Number((get.get(key) as { value: string } | undefined)?.value ?? 0),
    /** Closed ranges of numbers: first, last, first, last, ... */
    ranges: (key: string): number[] =>
      JSON.parse((get.get(key) as { value: string } | undefined)?.value ?? '[]') as number[],
    set: (key: string, value: number): void => void put.run(key, String(value)),
  };
}

/** Statements over messages, cursors and boots, prepared once. */
export function prepareQueries(db: SqlDatabase) {
  const after = db.prepare(
    `SELECT ${MESSAGE_COLUMNS} FROM messages WHERE position > ? ORDER BY position LIMIT ?`,
  );
  after.setReturnArrays(true);
  const bootNames = bootNamesOf(db);
  // One each: with both in one statement SQLite reads the whole table.
  const first = db.prepare('SELECT min(position) AS position FROM messages');
  const last = db.prepare('SELECT max(position) AS position FROM messages');
  const pages = db.prepare(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  );
  const prunable = db.prepare(
    `SELECT max(position) AS last FROM (SELECT position, received_ms FROM messages WHERE position <= ? ORDER BY position LIMIT ?)
     WHERE received_ms < ?`,
  );
  const through = db.prepare(
    `SELECT max(position) AS last, sum(length(payload)) AS bytes
     FROM (SELECT position, payload FROM messages WHERE position > ? ORDER BY position LIMIT ?)`,
  );
  const records = db.prepare(
    'SELECT coalesce(sum(records), 0) AS records FROM messages WHERE position > ? AND position <= ?',
  );
  const remove = db.prepare('DELETE FROM messages WHERE position <= ?');
  const found = db.prepare(
    `SELECT ${MESSAGE_COLUMNS} FROM messages
     WHERE boot_id = (SELECT id FROM boots WHERE tenant = ? AND device = ? AND boot = ?) AND seq = ? LIMIT 1`,
  );
  found.setReturnArrays(true);

  function readAfter(position: number, limit: { messages: number; bytes: number }): StoredMessage[] {
    const rows: StoredMessage[] = [];
    let bytes = 0;
    for (const row of after.iterate(position, limit.messages)) {
      const columns = row as MessageColumns;
      bytes += columns[11].length;
      if (rows.length > 0 && bytes > limit.bytes) break;
      rows.push(toStoredMessage(columns, bootNames(columns[1])));
    }
    return rows;
  }

  function find(key: MessageKey): StoredMessage | null {
    const row = found.get(key.tenant, key.device, key.boot, key.seq);
    return row === undefined ? null : toStoredMessage(row as MessageColumns, key);
  }

  const bootRow = db.prepare('SELECT * FROM boots WHERE tenant = ? AND device = ? AND boot = ?');

  function findBoot(key: { tenant: string; device: string; boot: string }): BootSnapshot | null {
    const row = bootRow.get(key.tenant, key.device, key.boot);
    return row === undefined ? null : toBoot(row as BootRow);
  }

  return {
    readAfter,
    find,
    findBoot,
    saveBoot: db.prepare(
      'UPDATE boots SET ranges = ?, next_seq = ?, origin = ?, clock = ?, last_seen_ms = ? WHERE id = ?',
    ),
    lastRow: () => (last.get() as { position: number | null }).position ?? 0,
    firstRow: () => (first.get() as { position: number | null }).position ?? 0,
    usedBytes: () => (pages.get() as { bytes: number }).bytes,
    recordsAfter: (position: number, through = Number.MAX_SAFE_INTEGER) =>
      (records.get(position, through) as { records: number }).records,
    lastPrunable: (through: number, rows: number, beforeMs: number) =>
      (prunable.get(through, rows, beforeMs) as { last: number | null }).last,
    deleteThrough: (last: number) => Number((remove.run(last) as { changes: number }).changes),
    readThrough: (position: number, rows: number) =>
      (through.get(position, rows) as { last: number | null }).last,
  };
}

type BootNames = { tenant: string; device: string; boot: string };

/** Names of a boot by its row id, read once. */
function bootNamesOf(db: SqlDatabase): (id: number) => BootNames {
  const select = db.prepare('SELECT tenant, device, boot FROM boots WHERE id = ?');
  const known = new Map<number, BootNames>();
  return function bootNames(id) {
    const names = known.get(id) ?? (select.get(id) as BootNames);
    // Bounded, as a fleet with random boot ids has no end of them.
    if (known.size >= 100_000) known.clear();
    known.set(id, names);
    return names;
  };
}
