import { dateAndTime, readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const columns = ['timestamp', 'speed_mph'] as const;
/** Both follow from the timestamps, and accel_meters_ps from the speeds. */
const derived = ['cycle_sec', 'timestep', 'accel_meters_ps'];

/** A car's day, second by second. The days of one folder belong to one car. */
export const carDay: CsvLayout = {
  name: 'CSV of a car, second by second',
  accepts: 'a car (timestamp, speed_mph)',
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const actions = readRows(table, problems, (cells): Action | undefined => {
      const local = cells.parsed('timestamp', 'a time such as 2007-05-18 13:37:34', dateAndTime);
      const speed = cells.number('speed_mph');
      return local && { form: 'sample', point: 'speed', atMs: context.toUnixMs(local), value: speed };
    });
    return {
      product: 'car',
      device: context.folder === '' ? undefined : `car-${context.folder}`,
      actions,
      ignored: withoutUsed(table.columns, [...columns, ...derived]),
    };
  },
};
