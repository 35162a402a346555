import type { Model } from '@usewire/protocol/model';
import type { SinkRecord } from '../../domain/ports.ts';
import {
  type ColumnType,
  gapRecordColumns,
  pointColumnsOf,
  type RecordColumn,
  recordColumns,
} from '../sql/record-columns.ts';
import { createTableWriter } from './table-writer.ts';

/** What the records of one point of one model look like as a table. */
export interface PointTable {
  product: string;
  point: string;
  columns: readonly RecordColumn[];
  /** What the model says of the point, for the foot of a file. */
  metadata: Record<string, string>;
}

/** @param point Its name, or 'gap': what was lost. Throws when the model has no such point. */
export function pointTable(model: Model, point: string): PointTable {
  const { product } = model;
  if (point === 'gap') {
    // The product is said by the folder.
    const own = gapRecordColumns.filter(({ name }) => name !== 'product');
    return { product, point, columns: [...recordColumns, ...own], metadata: { product, point } };
  }
  const found = model.points[point];
  if (found === undefined) throw new Error(`point ${point} is not in the model of ${product}`);
  const unit = found.kind === 'session' ? 's' : found.unit;
  const metadata = {
    ...{ product, point, kind: found.kind, purpose: String(found.for), sensitivity: found.sensitivity },
    ...(unit ? { unit } : {}),
  };
  return { product, point, columns: [...recordColumns, ...pointColumnsOf(found)], metadata };
}

const WHOLE: ReadonlySet<ColumnType> = new Set(['int64', 'int32', 'instant']);

/** A value that its column cannot hold: the same record meets it every time. */
export class UnfitValue extends Error {
  constructor({ boot, seq, index }: SinkRecord, column: RecordColumn, value: unknown) {
    super(`record ${boot}/${seq}/${index}: ${column.name} is ${value}, and ${column.type} cannot hold it`);
  }
}

/** A record's values in the order of the columns, as JSON holds them. Throws UnfitValue. */
export function rowOf({ columns }: PointTable, record: SinkRecord): unknown[] {
  return columns.map((column) => {
    const value = column.read(record);
    if (value === null || value === undefined) return null;
    if (column.type === 'words') return wordsOf(value);
    if (WHOLE.has(column.type) && !Number.isSafeInteger(value)) throw new UnfitValue(record, column, value);
    return value;
  });
}

/** The records of one point as one Parquet file, in memory: for a file of your own. All of them are of this model and point. */
export function recordsAsParquet(model: Model, point: string, records: Iterable<SinkRecord>): Uint8Array {
  const table = pointTable(model, point);
  const writer = createTableWriter(table.columns, table.metadata);
  for (const record of records) writer.add(rowOf(table, record));
  return writer.finish();
}

function wordsOf(value: unknown): string | null {
  return Array.isArray(value) && value.length > 0 ? value.join(' ') : null;
}
