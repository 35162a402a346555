import { dateAndTime, readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const columns = [
  'start_ts',
  'end_ts',
  'distance_total',
  'max_speed',
  'driving_average_speed',
  'total_stops',
  'max_gap_between_samples_s',
] as const;
const form = 'a time such as 2007-05-18 13:37:34';

/** One row a trip of a car, with its sums. */
export const carTrips: CsvLayout = {
  name: 'CSV of a car, one row a trip',
  accepts: `a car's trips (${columns.slice(0, 3).join(', ')}, ...)`,
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const actions = readRows(table, problems, (cells): Action | undefined => {
      const start = cells.parsed('start_ts', form, dateAndTime);
      const end = cells.parsed('end_ts', form, dateAndTime);
      const attributes = {
        distance: cells.number('distance_total'),
        top_speed: cells.number('max_speed'),
        driving_speed: cells.number('driving_average_speed'),
        stops: cells.number('total_stops'),
        longest_hole: cells.number('max_gap_between_samples_s'),
      };
      return (
        start &&
        end && {
          form: 'session',
          point: 'trip',
          atMs: context.toUnixMs(start),
          endMs: context.toUnixMs(end),
          attributes,
        }
      );
    });
    return {
      product: 'car',
      device: context.folder === '' ? undefined : `car-${context.folder}`,
      actions,
      ignored: withoutUsed(table.columns, columns),
    };
  },
};
