import { type Cells, readRows } from '../cells.ts';
import { postures } from '../models/sleep.ts';
import type { Action, ReadContext } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';
import { nightTime } from './night-time.ts';

const columns = [
  'day',
  'time',
  'axis1_counts',
  'axis2_counts',
  'axis3_counts',
  'steps',
  'heart_rate_bpm',
  'posture',
] as const;

/** A watch's night, second by second: movement of every second, heart rate as a series, posture when it changes. */
export const sleepNight: CsvLayout = {
  name: 'CSV of a watch at night',
  accepts: `a watch at night (${columns.join(', ')})`,
  delimiter: ',',
  hasHeader: true,
  columns,
  recognises: (firstRow) => hasColumns(firstRow, columns),
  read(table, context, problems) {
    const seconds = readRows(table, problems, (cells) => readSecond(cells, context));
    let posture = '';
    const actions = seconds.flatMap((second) => {
      const turned = second.posture !== posture;
      posture = second.posture;
      return turned ? [...second.actions, postureAction(second)] : second.actions;
    });
    return { product: 'sleep', actions, ignored: withoutUsed(table.columns, columns) };
  },
};

interface Second {
  atMs: number;
  posture: string;
  actions: Action[];
}

function readSecond(cells: Cells, context: ReadContext): Second | undefined {
  const atMs = nightTime(cells, context, { day: 'day', time: 'time' });
  const heartRate = cells.number('heart_rate_bpm');
  const movement = {
    axis1: cells.number('axis1_counts'),
    axis2: cells.number('axis2_counts'),
    axis3: cells.number('axis3_counts'),
    steps: cells.number('steps'),
  };
  const posture = cells.oneOf('posture', postures);
  return atMs === undefined
    ? undefined
    : {
        atMs,
        posture,
        actions: [
          { form: 'sample', point: 'heart_rate', atMs, value: heartRate },
          { form: 'record', point: 'movement', atMs, attributes: movement },
        ],
      };
}

function postureAction(second: Second): Action {
  return { form: 'record', point: 'posture', atMs: second.atMs, value: second.posture };
}
