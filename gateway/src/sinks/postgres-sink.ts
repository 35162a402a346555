import type { Model } from '@usewire/protocol/model';
import { modelKey } from '../domain/model-key.ts';
import type { Sink, SinkBatch, SinkOutcome, SinkRecord } from '../domain/ports.ts';
import { POSTGRES_DEFAULTS, SINK_TRAITS } from '../domain/sink-defaults.ts';
import { eraseLater } from './erase-outcome.ts';
import { accepted, type Failed, retryLater } from './outcome.ts';
import { pooledSink } from './pooled-sink.ts';
import { applyModel } from './postgres/apply-model.ts';
import { type Connection, createConnection, inTransaction } from './postgres/database.ts';
import { eraseRows } from './postgres/erase.ts';
import { insertSql, type PointTarget, rowsJson } from './postgres/insert.ts';
import { migrate } from './postgres/migrations.ts';
import { outcomeOf } from './postgres/outcome-of.ts';

export interface PostgresSinkOptions {
  name: string;
  /** postgres://user:password@host:5432/database?sslmode=verify-full */
  url: string;
  /** Of the tables and views; made when missing. Default `usewire`. */
  schema?: string;
  /** For the connection, and for each statement. Default 10,000. */
  timeoutMs?: number;
}

type PostgresSettings = Required<PostgresSinkOptions>;

/**
 * One table a point with columns of the model's types, and views to read, in PostgreSQL 12 or newer. A batch is one
 * transaction; a record that is there already (same tenant, device, boot, seq, idx) is left as it is, so that a batch may come
 * any number of times, from any number of gateways.
 */
export function createPostgresSink(given: PostgresSinkOptions): Sink {
  const options: PostgresSettings = { ...POSTGRES_DEFAULTS, ...given };
  return pooledSink(options.name, SINK_TRAITS.postgres, () => oneConnection(options));
}

function oneConnection(options: PostgresSettings): Sink {
  let store: Store | null = null;
  let closed = false;
  const forget = () => {
    store?.connection.close();
    store = null;
  };
  async function attempt<T>(signal: AbortSignal, work: (store: Store) => Promise<T>): Promise<T | Failed> {
    if (closed) return retryLater('the sink is closed');
    if (signal.aborted) return retryLater('the gateway is stopping');
    signal.addEventListener('abort', forget, { once: true });
    try {
      store ??= newStore(options, forget);
      await ready(store, options.schema);
      return await work(store);
    } catch (error) {
      // A failed transaction, and what is believed of the tables, go with the connection.
      forget();
      return outcomeOf(error, signal);
    } finally {
      signal.removeEventListener('abort', forget);
    }
  }
  return {
    name: options.name,
    deliver: (batch, signal) =>
      attempt<SinkOutcome>(signal, async (open) => {
        await insertBatch(open, options.schema, batch);
        return accepted;
      }),
    async erase(tombstone, signal) {
      const outcome = await attempt(signal, ({ connection }) => eraseRows(connection, tombstone));
      return outcome.kind === 'erased' ? outcome : eraseLater(outcome);
    },
    async close() {
      closed = true;
      forget();
    },
  };
}

interface Store {
  connection: Connection;
  isReady: boolean;
  /** By model, then by point. */
  targets: Map<Model, Map<string, PointTarget>>;
}

function newStore(options: PostgresSettings, lost: () => void): Store {
  return { connection: createConnection({ ...options, lost }), isReady: false, targets: new Map() };
}

async function ready(store: Store, schema: string): Promise<void> {
  if (store.isReady) return;
  await store.connection.open();
  await migrate(store.connection, schema);
  store.isReady = true;
}

async function insertBatch({ connection, targets }: Store, schema: string, batch: SinkBatch): Promise<void> {
  for (const model of batch.models.values()) {
    if (!targets.has(model)) targets.set(model, await applyModel(connection, schema, model));
  }
  await inTransaction(connection, async () => {
    for (const [target, records] of byTarget(targets, batch))
      await connection.query(insertSql(target), [rowsJson(target.columns, records)]);
  });
}

/** In the order of tables' names: two gateways that insert the same rows the other way round would wait for each other for ever. */
function byTarget(targets: Store['targets'], { records, models }: SinkBatch): [PointTarget, SinkRecord[]][] {
  const found = new Map<PointTarget, SinkRecord[]>();
  for (const record of records) {
    const target = targets.get(models.get(modelKey(record))!)?.get(record.point);
    if (!target) throw new Error(`point ${record.point} is not in model ${record.modelHash}`);
    const list = found.get(target);
    if (list) list.push(record);
    else found.set(target, [record]);
  }
  return [...found].sort(([a], [b]) => (a.table < b.table ? -1 : 1));
}
