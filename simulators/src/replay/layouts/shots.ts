import { isoTime, readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const columns = [
  'shot',
  'machine',
  'started_at_utc',
  'samples',
  'duration_s',
  'max_pressure_bar',
  'max_weight_g',
  'source_file',
] as const;

/** One row a shot: what a cafe's machine keeps of each use. */
export const shots: CsvLayout = {
  name: 'CSV of espresso shots, one row a shot',
  accepts: 'espresso shots (shot, machine, started_at_utc, samples, duration_s, ...)',
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, _context, problems) {
    const actions = readRows(table, problems, (cells): Action | undefined => {
      const atMs = cells.parsed('started_at_utc', 'a time such as 2021-10-19T08:07:44Z', isoTime);
      const duration = cells.number('duration_s');
      const attributes = {
        name: cells.text('shot'),
        machine: cells.text('machine'),
        samples: cells.number('samples'),
        top_pressure: cells.optionalNumber('max_pressure_bar'),
        weight: cells.number('max_weight_g'),
        source: cells.text('source_file'),
      };
      return atMs === undefined
        ? undefined
        : { form: 'session', point: 'shot', atMs, endMs: atMs + Math.round(duration * 1000), attributes };
    });
    return { product: 'espresso', actions, ignored: withoutUsed(table.columns, columns) };
  },
};
