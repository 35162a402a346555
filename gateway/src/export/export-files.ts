import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { PointTable } from '../sinks/parquet/point-table.ts';
import { createTableWriter } from '../sinks/parquet/table-writer.ts';
import type { RecordColumn } from '../sinks/sql/record-columns.ts';

export type ExportFormat = 'jsonl' | 'csv' | 'parquet';

/** One file, of one point. */
export interface ExportFile {
  name: string;
  /** Values in the order of the table's columns; instants are Unix ms. */
  add(row: readonly unknown[]): void;
  /** How many rows it holds; it is complete on the disk then. */
  finish(): number;
}

/** Opens `<product>.<point>.<format>` in a folder that is there. Throws what the file system throws. */
export function openExportFile(directory: string, table: PointTable, format: ExportFormat): ExportFile {
  const name = `${table.product}.${table.point}.${format}`.replace(/[^A-Za-z0-9._-]/g, '_');
  const path = join(directory, name);
  return { name, ...(format === 'parquet' ? parquetFile(path, table) : textFile(path, table, format)) };
}

function parquetFile(path: string, { columns, metadata }: PointTable): Omit<ExportFile, 'name'> {
  const writer = createTableWriter(columns, metadata);
  let rows = 0;
  return {
    add(row) {
      writer.add(row);
      rows += 1;
    },
    finish() {
      writeFileSync(path, writer.finish());
      return rows;
    },
  };
}

const CHUNK_CHARACTERS = 65_536;

function textFile(path: string, { columns }: PointTable, format: 'jsonl' | 'csv'): Omit<ExportFile, 'name'> {
  const file = openSync(path, 'w');
  const line = format === 'csv' ? csvLine : jsonLine;
  let text = format === 'csv' ? `${columns.map(({ name }) => name).join(',')}\r\n` : '';
  let rows = 0;
  const flush = () => {
    writeSync(file, text);
    text = '';
  };
  return {
    add(row) {
      text += line(columns, row);
      rows += 1;
      if (text.length >= CHUNK_CHARACTERS) flush();
    },
    finish() {
      flush();
      closeSync(file);
      return rows;
    },
  };
}

/** What is null is left out. */
function jsonLine(columns: readonly RecordColumn[], row: readonly unknown[]): string {
  const pairs = columns.flatMap(({ name, type }, i) => (row[i] == null ? [] : [[name, shown(row[i], type)]]));
  return `${JSON.stringify(Object.fromEntries(pairs))}\n`;
}

/** RFC 4180. */
function csvLine(columns: readonly RecordColumn[], row: readonly unknown[]): string {
  const cells = columns.map(({ type }, i) => {
    const text = row[i] == null ? '' : String(shown(row[i], type));
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${cells.join(',')}\r\n`;
}

function shown(value: unknown, type: RecordColumn['type']): unknown {
  return type === 'instant' ? new Date(value as number).toISOString() : value;
}
