import type { Model } from '@usewire/protocol/model';
import type { SinkRecord } from '../../domain/ports.ts';
import {
  type ColumnType,
  gapRecordColumns,
  pointColumnsOf,
  type RecordColumn,
  recordColumns,
} from '../sql/record-columns.ts';
import { fitted } from './identifier.ts';

const TYPES = {
  text: 'text',
  boolean: 'boolean',
  int64: 'bigint',
  int32: 'integer',
  double: 'double precision',
  instant: 'timestamptz',
  words: 'text[]',
} as const satisfies Record<ColumnType, string>;

export type PgType = (typeof TYPES)[ColumnType];

/** A column as it is made, and what of a record goes into it: Unix ms for a `timestamptz`. */
export interface PgColumn {
  name: string;
  type: PgType;
  required: boolean;
  read(record: SinkRecord): unknown;
}

/** Who, which message, when: the same in every table. The first five are the primary key. */
export const commonColumns: PgColumn[] = recordColumns.map(pgColumn);

export function pointColumns(point: Model['points'][string]): (PgColumn & { role: string })[] {
  return pointColumnsOf(point).map((column) => ({ ...pgColumn(column), role: column.role }));
}

export const gapTableColumns: PgColumn[] = [...commonColumns, ...gapRecordColumns.map(pgColumn)];

/** As it stands in CREATE TABLE and ALTER TABLE; all names here are plain or quoted by the caller. */
export function declared(column: PgColumn, quote: (name: string) => string): string {
  return `${quote(column.name)} ${column.type}${column.required ? ' NOT NULL' : ''}`;
}

function pgColumn({ name, type, required, read }: RecordColumn): PgColumn {
  return { name: fitted(name), type: TYPES[type], required, read };
}
