import { encodePacked } from './encode-packed.ts';
import { encodePlain } from './encode-plain.ts';
import type { Entry, RecordsForm } from './entry.ts';
import type { ModelTable } from './table.ts';

/**
 * The item of label 7 for entries of one message. `baseMs` is the uptime of label 3, at or before every entry. Series come
 * first and records in order of time, so that is the order of record indexes. `packed` gives the plain form when some
 * value has no packed code. At least one entry; values are trusted to be what the table says.
 */
export function encodeRecords(
  table: ModelTable,
  baseMs: number,
  entries: Entry[],
  form: RecordsForm,
): Uint8Array {
  const packed = form === 'packed' ? encodePacked(table, baseMs, entries) : null;
  return packed !== null ? packed : encodePlain(table, baseMs, entries);
}
