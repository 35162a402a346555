import { dayFirstDateAndTime, readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import type { CsvLayout } from './layout.ts';
import { runsOf } from './power-runs.ts';

const columns = ['time', 'watts', 'watts_8s'] as const;

/** A metering plug's day: three columns, semicolons, no header line. */
export const power: CsvLayout = {
  name: 'CSV of a metering plug',
  accepts: 'a metering plug (20/05/2012 00:00:08;watts over 1 s;watts over 8 s, no header)',
  delimiter: ';',
  hasHeader: false,
  columns,
  recognises: (firstRow) => firstRow.length === 3 && dayFirstDateAndTime(firstRow[0] ?? '') !== undefined,
  read(table, context, problems) {
    const readings = readRows(table, problems, (cells) => {
      const local = cells.parsed('time', 'a time such as 20/05/2012 00:00:08', dayFirstDateAndTime);
      const watts = cells.number('watts');
      const smoothed = cells.number('watts_8s');
      return local && { atMs: context.toUnixMs(local), watts, smoothed };
    });
    const actions = readings.map(
      ({ atMs, watts, smoothed }): Action => ({
        form: 'record',
        point: 'power',
        atMs,
        value: watts,
        attributes: { smoothed },
      }),
    );
    return { product: 'plug', actions: [...actions, ...runsOf(readings)], ignored: [] };
  },
};
