import { modelKey } from '../../domain/model-key.ts';
import type { SinkBatch, SinkRecord } from '../../domain/ports.ts';
import { type PointTable, pointTable, rowOf } from '../parquet/point-table.ts';
import type { TableColumn } from '../parquet/table-writer.ts';

/**
 * A batch as lines of the journal: first a line for each table in it, which says all that its file needs (models may be gone when the
 * file is made), then a line for each row: the table's number within the batch, and the values.
 */
export function* journalLines(
  records: readonly SinkRecord[],
  models: SinkBatch['models'],
): Generator<string, void, undefined> {
  const tables = new Map<string, { number: number; table: PointTable }>();
  const tableOf = (record: SinkRecord) => tables.get(`${modelKey(record)} ${record.point}`);
  for (const record of records) {
    if (tableOf(record)) continue;
    const table = pointTable(models.get(modelKey(record))!, record.point);
    const number = tables.size;
    tables.set(`${modelKey(record)} ${record.point}`, { number, table });
    yield JSON.stringify({ ...headOf(table), number });
  }
  for (const record of records) {
    const { number, table } = tableOf(record)!;
    yield JSON.stringify([number, ...rowOf(table, record)]);
  }
}

/** What a line says of a table. */
export interface TableHead {
  number: number;
  product: string;
  point: string;
  columns: TableColumn[];
  metadata: Record<string, string>;
}

export type JournalLine = { head: TableHead } | { table: number; row: unknown[] };

/** null = no line of a journal: somebody changed it, or the disk did. */
export function readJournalLine(text: string): JournalLine | null {
  try {
    const value = JSON.parse(text) as TableHead | [number, ...unknown[]];
    if (!Array.isArray(value)) return { head: value };
    const [table, ...row] = value;
    return { table, row };
  } catch {
    return null;
  }
}

function headOf({ product, point, columns, metadata }: PointTable): Omit<TableHead, 'number'> {
  const plain = columns.map(({ name, type, required }) => ({ name, type, required }));
  return { product, point, columns: plain, metadata };
}
