import { type Cells, readRows } from '../cells.ts';
import type { Action, ReadContext } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';
import { nightTime } from './night-time.ts';

const columns = [
  'user',
  'in_bed_day',
  'in_bed_time',
  'out_bed_day',
  'out_bed_time',
  'onset_day',
  'onset_time',
  'latency_min',
  'efficiency_pct',
  'minutes_in_bed',
  'minutes_asleep',
  'waso_min',
  'awakenings',
  'avg_awakening_min',
  'movement_index',
  'fragmentation_index',
  'sleep_fragmentation_index',
] as const;

/** One row a scored night: a session from getting in to getting out, also when midnight is between them. */
export const nights: CsvLayout = {
  name: 'CSV of scored nights',
  accepts: 'scored nights (user, in_bed_day, in_bed_time, ..., minutes_asleep, waso_min, awakenings)',
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const actions = readRows(table, problems, (cells) => readNight(cells, context));
    return { product: 'sleep', actions, ignored: withoutUsed(table.columns, columns) };
  },
};

function readNight(cells: Cells, context: ReadContext): Action | undefined {
  const atMs = nightTime(cells, context, { day: 'in_bed_day', time: 'in_bed_time' });
  const endMs = nightTime(cells, context, { day: 'out_bed_day', time: 'out_bed_time' });
  const onsetMs = nightTime(cells, context, { day: 'onset_day', time: 'onset_time' });
  const attributes = {
    participant: cells.number('user'),
    in_bed: cells.number('minutes_in_bed'),
    asleep: cells.number('minutes_asleep'),
    latency: cells.number('latency_min'),
    awake_after_onset: cells.number('waso_min'),
    awakenings: cells.number('awakenings'),
    awakening: cells.number('avg_awakening_min'),
    efficiency: cells.number('efficiency_pct'),
    movement_index: cells.number('movement_index'),
    fragmentation_index: cells.number('fragmentation_index'),
    sleep_fragmentation_index: cells.number('sleep_fragmentation_index'),
  };
  if (atMs === undefined || endMs === undefined || onsetMs === undefined) {
    return undefined;
  }
  const onset = (onsetMs - atMs) / 60_000;
  return { form: 'session', point: 'night', atMs, endMs, attributes: { ...attributes, onset } };
}
