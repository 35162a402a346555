import { pointSqlColumns } from '@usewire/protocol/check';
import type { Model } from '@usewire/protocol/model';
import type { SinkRecord } from '../../domain/ports.ts';
import { columnReader } from './column-reader.ts';
import { gapColumns } from './gap-columns.ts';

type Point = Model['points'][string];

/** `int64` = whole and exact in a double; `instant` = Unix ms; `words` = a list of texts. */
export type ColumnType = 'text' | 'boolean' | 'int64' | 'int32' | 'double' | 'instant' | 'words';

/** A column of a store that has types, and what of a record goes into it. */
export interface RecordColumn {
  name: string;
  type: ColumnType;
  required: boolean;
  read(record: SinkRecord): unknown;
}

const must = (name: string, type: ColumnType, read: RecordColumn['read']): RecordColumn => ({
  ...may(name, type, read),
  required: true,
});
const may = (name: string, type: ColumnType, read: RecordColumn['read']): RecordColumn => ({
  name,
  type,
  read,
  required: false,
});

/** Who, which message, when: the same in every table. The first five name a record for ever. */
export const recordColumns: RecordColumn[] = [
  must('tenant', 'text', (r) => r.tenant),
  must('device', 'text', (r) => r.device),
  must('boot', 'text', (r) => r.boot),
  must('seq', 'int64', (r) => r.seq),
  must('idx', 'int32', (r) => r.index),
  must('time', 'instant', (r) => Math.round(r.atMs)),
  may('subject', 'text', (r) => r.subject),
  must('uptime_ms', 'int64', (r) => Math.round(r.uptimeMs)),
  must('time_quality', 'int32', (r) => r.timeQuality),
  may('time_bound_ms', 'double', (r) => r.timeBoundMs),
  must('received', 'instant', (r) => Math.round(r.receivedAtMs)),
  must('consent_epoch', 'int64', (r) => r.consentEpoch),
  must('model', 'text', (r) => r.modelHash),
  must('flags', 'words', (r) => r.flags),
];

/** The columns of a point's value, attributes and context: numbers that are whole in the model are `int64`, scaled ones `double`. */
export function pointColumnsOf(point: Point): (RecordColumn & { role: string })[] {
  return pointSqlColumns(point).map((column) => {
    const isFlag = column.role === 'attribute' && point.attributes[column.from]?.type === 'bool';
    const types = { TEXT: 'text', INTEGER: 'int64', REAL: 'double' } as const;
    const type = isFlag ? 'boolean' : types[column.type];
    return { ...may(column.name, type, columnReader(column)), role: column.role };
  });
}

/** What a gap record says beyond the columns of all records. */
export const gapRecordColumns: RecordColumn[] = gapColumns.map(({ name, kind, required, read }) =>
  (required ? must : may)(name, kind === 'text' ? 'text' : 'int64', read),
);
