import type { SinkRecord } from '../../domain/ports.ts';
import type { ColumnValue } from './column-reader.ts';

/** What a gap record says beyond who and when: the columns of `gap_rows`. */
export const gapColumns: {
  name: string;
  kind: 'text' | 'integer';
  required: boolean;
  read(record: SinkRecord): ColumnValue;
}[] = [
  { name: 'product', kind: 'text', required: true, read: (r) => r.product },
  {
    name: 'lost',
    kind: 'integer',
    required: true,
    read: (r) => (typeof r.value === 'number' ? r.value : 0),
  },
  { name: 'cause', kind: 'text', required: false, read: (r) => textOf(r.attributes.cause) },
  { name: 'first_seq', kind: 'integer', required: false, read: (r) => numberOf(r.attributes.from) },
  { name: 'span_ms', kind: 'integer', required: false, read: (r) => numberOf(r.attributes.span_ms) },
];

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
