import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType } from '../sql/record-columns.ts';

/** A column of a Parquet file; the values of `instant` are Unix ms, those of `words` texts with a space between, or null. */
export interface TableColumn {
  name: string;
  type: ColumnType;
  required: boolean;
}

export interface TableWriter {
  /** A row's values in the order of the columns; null where there is none. */
  add(row: readonly unknown[]): void;
  /** The whole file; the writer is of no more use then. */
  finish(): Uint8Array;
}

/** Encoding them holds up the process for about 25 ms; rows that are not encoded yet are what a writer holds in memory. */
const ROWS_PER_GROUP = 4_096;

/** One Parquet file in memory: Snappy, a dictionary where it pays, min and max of each column, `metadata` as key and value in its foot. */
export function createTableWriter(
  columns: readonly TableColumn[],
  metadata: Readonly<Record<string, string>> = {},
): TableWriter {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(element)],
    createdBy: 'usewire',
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  let data: unknown[][] = columns.map(() => []);
  const flush = () => {
    if (data[0]!.length === 0) return;
    const columnData = columns.map(({ name }, i) => ({ name, data: data[i]! }));
    void writer.write({ columnData, rowGroupSize: ROWS_PER_GROUP });
    data = columns.map(() => []);
  };
  return {
    add(row) {
      for (const [i, { type }] of columns.entries()) data[i]!.push(stored(row[i], type));
      if (data[0]!.length >= ROWS_PER_GROUP) flush();
    },
    finish() {
      flush();
      // Its writer is in memory: there is no promise.
      void writer.finish();
      return bytes.getBytes();
    },
  };
}

function stored(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return null;
  return type === 'int64' || type === 'instant' ? BigInt(value as number) : value;
}

const ELEMENTS = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  words: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
  int64: { type: 'INT64' },
  int32: { type: 'INT32' },
  double: { type: 'DOUBLE' },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
} as const satisfies Record<ColumnType, object>;

function element({ name, type, required }: TableColumn) {
  const isRequired = required && type !== 'words';
  return { name, ...ELEMENTS[type], repetition_type: isRequired ? 'REQUIRED' : 'OPTIONAL' } as const;
}
