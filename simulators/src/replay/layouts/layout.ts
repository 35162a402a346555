import type { Table } from '../cells.ts';
import type { ReplayProduct } from '../models/index.ts';
import type { Action, ReadContext, RowProblem } from '../recording.ts';

interface LayoutResult {
  product: ReplayProduct;
  device?: string;
  actions: Action[];
  ignored: string[];
}

/** One kind of CSV file: how to know it, and what its rows mean. */
export interface CsvLayout {
  /** In words: 'CSV of a metering plug'. */
  name: string;
  /** What a user reads when no layout fits. */
  accepts: string;
  delimiter: ',' | ';';
  /** False: the first row is data already, and its cells are named by `columns`. */
  hasHeader: boolean;
  columns: readonly string[];
  recognises(firstRow: readonly string[]): boolean;
  read(table: Table, context: ReadContext, problems: RowProblem[]): LayoutResult;
}

export function hasColumns(firstRow: readonly string[], columns: readonly string[]): boolean {
  return columns.every((column) => firstRow.includes(column));
}

export function withoutUsed(columns: readonly string[], used: readonly string[]): string[] {
  return columns.filter((column) => column !== '' && !used.includes(column));
}
