import { pointSqlColumns, type SqlColumn } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import type { SinkRecord } from '../../domain/ports.ts';
import { type ColumnValue, columnReader } from '../sql/column-reader.ts';
import { gapColumns } from '../sql/gap-columns.ts';
import type { SqlValue } from './open-database.ts';

type Point = Model['points'][string];

/** One column that a point brings beyond the common ones. */
export interface PointColumn extends SqlColumn {
  read(record: SinkRecord): SqlValue;
}

/** Who, which message, when: the same in every table. The first five are the primary key. */
export const commonColumns: { name: string; type: string; read(record: SinkRecord): SqlValue }[] = [
  { name: 'tenant', type: 'TEXT NOT NULL', read: (r) => r.tenant },
  { name: 'device', type: 'TEXT NOT NULL', read: (r) => r.device },
  { name: 'boot', type: 'TEXT NOT NULL', read: (r) => r.boot },
  { name: 'seq', type: 'INTEGER NOT NULL', read: (r) => r.seq },
  { name: 'idx', type: 'INTEGER NOT NULL', read: (r) => r.index },
  { name: 'at_ms', type: 'INTEGER NOT NULL', read: (r) => Math.round(r.atMs) },
  { name: 'subject', type: 'TEXT', read: (r) => r.subject },
  { name: 'uptime_ms', type: 'INTEGER NOT NULL', read: (r) => r.uptimeMs },
  { name: 'time_quality', type: 'INTEGER NOT NULL', read: (r) => r.timeQuality },
  { name: 'time_bound_ms', type: 'INTEGER', read: (r) => r.timeBoundMs },
  { name: 'received_ms', type: 'INTEGER NOT NULL', read: (r) => Math.round(r.receivedAtMs) },
  { name: 'consent_epoch', type: 'INTEGER NOT NULL', read: (r) => r.consentEpoch },
  { name: 'model', type: 'TEXT NOT NULL', read: (r) => r.modelHash },
  { name: 'flags', type: 'TEXT', read: (r) => (r.flags.length > 0 ? r.flags.join(' ') : null) },
];

/** The columns of a point's value, attributes and context, with how each is read from a record. */
export function pointColumns(point: Point): PointColumn[] {
  return pointSqlColumns(point).map((column) => {
    const read = columnReader(column);
    return { ...column, read: (record) => sqlValue(read(record)) };
  });
}

/** SQLite has no booleans. */
function sqlValue(value: ColumnValue): SqlValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Gap records have columns of their own. */
export const gapSqlColumns: { name: string; type: string; read(record: SinkRecord): SqlValue }[] =
  gapColumns.map(({ name, kind, required, read }) => ({
    name,
    type: `${kind.toUpperCase()}${required ? ' NOT NULL' : ''}`,
    read: (record) => sqlValue(read(record)),
  }));
