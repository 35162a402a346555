import { isoTime, readRows } from '../cells.ts';
import type { Action, ReadContext } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const columns = [
  'elapsed_s',
  'pressure_bar',
  'flow_ml_s',
  'temperature_c',
  'weight_g',
  'pressure_goal_bar',
  'flow_goal_ml_s',
  'temperature_goal_c',
] as const;

/** One espresso shot. Its date stands in the folder's shots.csv; without that file it begins at midnight of the first day. */
export const shot: CsvLayout = {
  name: 'CSV of an espresso shot',
  accepts: `an espresso shot (${columns.slice(0, 5).join(', ')}, goals)`,
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const startMs = startOf(context);
    const samples = readRows(table, problems, (cells): Action => {
      const atMs = startMs + Math.round(cells.number('elapsed_s') * 1000);
      const goal = (column: string) => noneIsMinusOne(cells.optionalNumber(column));
      const attributes = {
        pressure: cells.optionalNumber('pressure_bar'),
        flow: cells.optionalNumber('flow_ml_s'),
        temperature: cells.optionalNumber('temperature_c'),
        weight: cells.optionalNumber('weight_g'),
        pressure_goal: goal('pressure_goal_bar'),
        flow_goal: goal('flow_goal_ml_s'),
        temperature_goal: goal('temperature_goal_c'),
      };
      return { form: 'record', point: 'reading', atMs, attributes };
    });
    const last = samples.reduce((end, sample) => Math.max(end, sample.atMs), startMs);
    const whole: Action = { form: 'session', point: 'shot', atMs: startMs, endMs: last, attributes: {} };
    return {
      product: 'espresso',
      actions: samples.length === 0 ? [] : [...samples, whole],
      ignored: withoutUsed(table.columns, columns),
    };
  },
};

function noneIsMinusOne(goal: number | undefined): number | undefined {
  return goal === -1 ? undefined : goal;
}

function startOf(context: ReadContext): number {
  const list = context.sibling('shots.csv') ?? '';
  const stem = context.name.replace(/\.csv$/i, '');
  const row = list.split(/\r?\n/).find((line) => line.startsWith(`${stem},`));
  const listed = row
    ?.split(',')
    .map(isoTime)
    .find((time) => time !== undefined);
  return listed ?? context.toUnixMs({ ...context.firstDay, timeOfDayMs: 0 });
}
