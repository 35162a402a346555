import { pointSqlColumns } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import type { SinkRecord } from '../../domain/ports.ts';
import { columnReader } from '../sql/column-reader.ts';
import { gapColumns } from '../sql/gap-columns.ts';
import { fitted } from './identifier.ts';

type Point = Model['points'][string];
export type PgType =
  | 'text'
  | 'boolean'
  | 'bigint'
  | 'integer'
  | 'double precision'
  | 'timestamptz'
  | 'text[]';

/** A column as it is made, and what of a record goes into it: Unix ms for a `timestamptz`. */
export interface PgColumn {
  name: string;
  type: PgType;
  required: boolean;
  read(record: SinkRecord): unknown;
}

const must = (name: string, type: PgType, read: PgColumn['read']): PgColumn => ({
  ...may(name, type, read),
  required: true,
});
const may = (name: string, type: PgType, read: PgColumn['read']): PgColumn => ({
  name,
  type,
  read,
  required: false,
});

/** Who, which message, when: the same in every table. The first five are the primary key. */
export const commonColumns: PgColumn[] = [
  must('tenant', 'text', (r) => r.tenant),
  must('device', 'text', (r) => r.device),
  must('boot', 'text', (r) => r.boot),
  must('seq', 'bigint', (r) => r.seq),
  must('idx', 'integer', (r) => r.index),
  must('time', 'timestamptz', (r) => Math.round(r.atMs)),
  may('subject', 'text', (r) => r.subject),
  must('uptime_ms', 'bigint', (r) => Math.round(r.uptimeMs)),
  must('time_quality', 'integer', (r) => r.timeQuality),
  may('time_bound_ms', 'double precision', (r) => r.timeBoundMs),
  must('received', 'timestamptz', (r) => Math.round(r.receivedAtMs)),
  must('consent_epoch', 'bigint', (r) => r.consentEpoch),
  must('model', 'text', (r) => r.modelHash),
  must('flags', 'text[]', (r) => r.flags),
];

/** The columns of a point's value, attributes and context: numbers that are whole in the model are `bigint`, scaled ones `double precision`. */
export function pointColumns(point: Point): (PgColumn & { role: string })[] {
  return pointSqlColumns(point).map((column) => {
    const isFlag = column.role === 'attribute' && point.attributes[column.from]?.type === 'bool';
    const types = { TEXT: 'text', INTEGER: 'bigint', REAL: 'double precision' } as const;
    const type = isFlag ? 'boolean' : types[column.type];
    return { ...may(fitted(column.name), type, columnReader(column)), role: column.role };
  });
}

export const gapTableColumns: PgColumn[] = [
  ...commonColumns,
  ...gapColumns.map(({ name, kind, required, read }) => {
    return (required ? must : may)(name, kind === 'text' ? 'text' : 'bigint', read);
  }),
];

/** As it stands in CREATE TABLE and ALTER TABLE; all names here are plain or quoted by the caller. */
export function declared(column: PgColumn, quote: (name: string) => string): string {
  return `${quote(column.name)} ${column.type}${column.required ? ' NOT NULL' : ''}`;
}
