import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Model } from '@usewire/protocol/model';
import { modelKey } from '../domain/model-key.ts';
import type { EraseOutcome, Sink, SinkBatch, SinkOutcome, SinkRecord, Tombstone } from '../domain/ports.ts';
import type { Retention } from '../domain/retention.ts';
import { SINK_TRAITS } from '../domain/sink-defaults.ts';
import { makeDirectory } from '../make-directory.ts';
import { eraseLater } from './erase-outcome.ts';
import { inTurns } from './in-turns.ts';
import { accepted, problemOf, rejected, retryLater } from './outcome.ts';
import { quoted } from './sql/names.ts';
import { eraseRows } from './sqlite/erase.ts';
import { openDatabase, type SqlDatabase, type SqlStatement } from './sqlite/open-database.ts';
import { retainRows } from './sqlite/retain.ts';
import { applyModel, type PointTarget, prepareDatabase } from './sqlite/schema.ts';

export interface SqliteSinkOptions {
  name: string;
  /** Path of the database; its folder is made when missing. */
  file: string;
}

/**
 * One table a point with real columns, and views to read. A batch is one transaction; a record that is there already
 * (same tenant, device, boot, seq, idx) is left as it is, so a batch may come any number of times.
 */
export function createSqliteSink(options: SqliteSinkOptions): Sink {
  let store: Store | null = null;
  let closed = false;
  return {
    name: options.name,
    traits: SINK_TRAITS.sqlite,
    async deliver(batch) {
      if (closed) return retryLater('the sink is closed');
      try {
        store ??= openStore(options.file);
        return await store.insert(batch);
      } catch (error) {
        // Half-made tables and statements of a failed transaction are forgotten with the connection.
        store?.close();
        store = null;
        return outcomeOf(error);
      }
    },
    async erase(tombstone) {
      if (closed) return eraseLater(retryLater('the sink is closed'));
      try {
        store ??= openStore(options.file);
        return await store.erase(tombstone);
      } catch (error) {
        store?.close();
        store = null;
        return eraseLater(retryLater(problemOf(error)));
      }
    },
    async retain(known, nowMs) {
      if (closed || !(store !== null || existsSync(options.file))) return 0;
      store ??= openStore(options.file);
      return store.retain(known, nowMs);
    },
    async close() {
      closed = true;
      store?.close();
      store = null;
    },
  };
}

/** What no repetition can mend: the values themselves do not fit. */
const CONSTRAINT = 19;
const MISMATCH = 20;
const TOO_BIG = 18;

function outcomeOf(error: unknown): SinkOutcome {
  const code = (error as { errcode?: number }).errcode;
  const primary = code === undefined ? 0 : code & 0xff;
  const hopeless = [CONSTRAINT, MISMATCH, TOO_BIG].includes(primary);
  return hopeless ? rejected(problemOf(error)) : retryLater(problemOf(error));
}

interface Store {
  insert(batch: SinkBatch): Promise<SinkOutcome>;
  erase(tombstone: Tombstone): Promise<EraseOutcome>;
  retain(known: readonly Retention[], nowMs: number): Promise<number>;
  close(): void;
}

/** By model, then by point. */
type Inserts = Map<Model, Map<string, Insert>>;

interface Insert {
  statement: SqlStatement;
  columns: PointTarget['columns'];
}

function openStore(file: string): Store {
  if (file !== ':memory:') makeDirectory(dirname(file));
  const db = openDatabase(file);
  try {
    prepareDatabase(db);
  } catch (error) {
    db.close();
    throw error;
  }
  const inserts: Inserts = new Map();
  return {
    insert: (batch) => insertBatch(db, inserts, batch),
    erase: (tombstone) => eraseRows(db, tombstone),
    retain: (known, nowMs) => retainRows(db, known, nowMs),
    close: () => db.close(),
  };
}

async function insertBatch(db: SqlDatabase, inserts: Inserts, batch: SinkBatch): Promise<SinkOutcome> {
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const model of batch.models.values()) {
      if (!inserts.has(model)) inserts.set(model, insertsFor(db, model));
    }
    // The connection is the sink's own: a transaction may stay open from turn to turn.
    await inTurns(batch.records, RECORDS_PER_TURN, (records) => {
      for (const record of records) insertRecord(inserts.get(batch.models.get(modelKey(record))!), record);
    });
    db.exec('COMMIT');
    return accepted;
  } catch (error) {
    // After SQLITE_FULL and SQLITE_IOERR the transaction may be gone already, after close() the database.
    try {
      db.exec('ROLLBACK');
    } catch {}
    throw error;
  }
}

/** About 2 ms of work. */
const RECORDS_PER_TURN = 200;

function insertRecord(inserts: Map<string, Insert> | undefined, record: SinkRecord): void {
  const insert = inserts?.get(record.point);
  if (!insert) throw new Error(`point ${record.point} is not in model ${record.modelHash}`);
  insert.statement.run(...insert.columns.map((column) => column.read(record)));
}

function insertsFor(db: SqlDatabase, model: Model): Map<string, Insert> {
  const inserts = new Map<string, Insert>();
  for (const [point, { table, columns }] of applyModel(db, model)) {
    const names = columns.map((column) => quoted(column.name)).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${quoted(table)} (${names}) VALUES (${marks}) ON CONFLICT DO NOTHING`;
    inserts.set(point, { statement: db.prepare(sql), columns });
  }
  return inserts;
}
