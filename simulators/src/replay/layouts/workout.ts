import { isoTime, readRows } from '../cells.ts';
import type { Action } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const columns = [
  'time_utc',
  'lat_deg',
  'lon_deg',
  'distance_m',
  'altitude_m',
  'speed_mps',
  'heart_rate_bpm',
  'cadence_rpm',
  'power_w',
  'temperature_c',
] as const;

/** A workout that was decoded to CSV before: the track points only, since nothing else is in the file. */
export const workout: CsvLayout = {
  name: 'CSV of a workout',
  accepts: `a workout (${columns.slice(0, 5).join(', ')}, ...)`,
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const actions = readRows(table, problems, (cells): Action | undefined => {
      const atMs = cells.parsed('time_utc', 'a time such as 2015-08-15T14:45:08Z', isoTime);
      const lat = cells.optionalNumber('lat_deg');
      const lon = cells.optionalNumber('lon_deg');
      const attributes = {
        position: lat === undefined || lon === undefined ? undefined : { lat, lon },
        distance: cells.optionalNumber('distance_m'),
        altitude: cells.optionalNumber('altitude_m'),
        speed: cells.optionalNumber('speed_mps'),
        heart_rate: cells.optionalNumber('heart_rate_bpm'),
        cadence: cells.optionalNumber('cadence_rpm'),
        power: cells.optionalNumber('power_w'),
        temperature: cells.optionalNumber('temperature_c'),
      };
      return atMs === undefined ? undefined : { form: 'record', point: 'track_point', atMs, attributes };
    });
    // Such a copy often lies beside the original, which is a device of the same name.
    const device = `${context.name.replace(/\.csv$/i, '')}-csv`;
    return { product: 'workout', device, actions, ignored: withoutUsed(table.columns, columns) };
  },
};
