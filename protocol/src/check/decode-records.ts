import { Code } from '../wire/index.ts';
import { readCount, refuse } from './decode-cursor.ts';
import { readPacked } from './decode-packed.ts';
import { readColumns, readPoint, readRow } from './decode-rows.ts';
import { readSeries } from './decode-series.ts';
import type { DecodeState } from './decode-state.ts';

function readEntry(s: DecodeState): void {
  const items = readCount(s, 4, 'an entry');
  if (s.pos < s.end && s.bytes[s.pos]! >> 5 === 4) {
    readColumns(s, items);
    return;
  }
  const point = readPoint(s);
  if (point.isSeries) readSeries(s, point, items);
  else readRow(s, point, items);
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
