import type { SqlColumn } from '@usewire/protocol/check';
import type { SinkRecord } from '../../domain/ports.ts';

export type ColumnValue = number | string | boolean | null;

/** How a column's value is read from a record: one value, or one member of a location or histogram. */
export function columnReader({ role, from, part }: SqlColumn): (record: SinkRecord) => ColumnValue {
  const found = (record: SinkRecord) => (role === 'value' ? record.value : record.attributes[from]);
  if (part !== undefined) return (record) => plain(member(found(record), part));
  return (record) => plain(found(record));
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : null;
}

/** Lists are kept as JSON text. */
function plain(found: unknown): ColumnValue {
  if (typeof found === 'boolean' || typeof found === 'number' || typeof found === 'string') return found;
  return found === undefined || found === null ? null : JSON.stringify(found);
}
