import { readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';
import { nightTime } from './night-time.ts';

const columns = ['day', 'time', 'ibi_s'] as const;

/** Beat-to-beat intervals. Times are whole seconds, so two beats often carry the same one: both are kept, in order. */
export const heartbeats: CsvLayout = {
  name: 'CSV of beat-to-beat intervals',
  accepts: `beat-to-beat intervals (${columns.join(', ')})`,
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const actions = readRows(table, problems, (cells): Action | undefined => {
      const atMs = nightTime(cells, context, { day: 'day', time: 'time' });
      const interval = cells.number('ibi_s');
      return atMs === undefined ? undefined : { form: 'record', point: 'beat', atMs, value: interval };
    });
    return { product: 'sleep', actions, ignored: withoutUsed(table.columns, columns) };
  },
};
