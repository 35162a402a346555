import { Code } from '../wire/index.ts';
import { readColumns } from './decode-columns.ts';
import { readCount, refuse, refuseAt } from './decode-cursor.ts';
import { readPacked } from './decode-packed.ts';
import { readPoint, readRow } from './decode-rows.ts';
import { readSeries } from './decode-series.ts';
import type { DecodeState } from './decode-state.ts';

function readEntry(s: DecodeState): void {
  const start = s.pos;
  const items = readCount(s, 4, 'an entry');
  if (s.code === 0 && (items < 2 || items > 4)) refuseAt(s, start, Code.schema, 'an entry has 2 to 4 items');
  const columns = s.pos < s.end && s.bytes[s.pos]! >> 5 === 4;
  if (columns) {
    if (items !== 4) refuseAt(s, start, Code.schema, 'columns have 4 items');
    readColumns(s);
    return;
  }
  const point = readPoint(s);
  if (!point.isSeries) readRow(s, point, items);
  else if (items === 2) refuseAt(s, start, Code.schema, 'a series has 3 or 4 items');
  else readSeries(s, point, items);
}

/** The item of label 7: an array of entries, or one byte string of packed ones. */
export function readRecords(s: DecodeState): void {
  s.rowMs = s.baseMs;
  if (s.pos < s.end && s.bytes[s.pos]! >> 5 === 2) {
    readPacked(s);
    return;
  }
  const entries = readCount(s, 4, 'the records');
  if (entries === 0) refuse(s, Code.schema, 'there are no records');
  for (let i = 0; i < entries && s.code === 0; i++) readEntry(s);
}
