import { type Cells, readRows } from '../cells.ts';
import { motorColumns, motors, phases, toolConditions } from '../models/mill.ts';
import type { Action, Values } from '../recording.ts';
import { type CsvLayout, hasColumns, withoutUsed } from './layout.ts';

const sampleMs = 100;
const programColumns = {
  program: 'M1_CURRENT_PROGRAM_NUMBER',
  line: 'M1_sequence_number',
  feed: 'M1_CURRENT_FEEDRATE',
} as const;
const needed = ['', 'X1_ActualPosition', 'S1_CurrentFeedback', 'Machining_Process', 'tool_condition'];

interface Moment {
  atMs: number;
  phase: string;
  tool: string;
  actions: Action[];
}

/** A milling machine's controller log, 10 rows/s: one record a motor and row, states when they change. */
export const mill: CsvLayout = {
  name: 'CSV of a milling machine',
  accepts: 'a milling machine (X1_ActualPosition, ..., Machining_Process, tool_condition)',
  delimiter: ',',
  hasHeader: true,
  columns: needed,
  recognises: (firstRow) => hasColumns(firstRow, needed),
  read(table, context, problems) {
    const startMs = context.toUnixMs({ ...context.firstDay, timeOfDayMs: 0 });
    const present = motors.map((motor) => ({
      point: motor.point,
      columns: Object.entries(motorColumns(motor.prefix)).filter(([, column]) =>
        table.columns.includes(column),
      ),
    }));
    const moments = readRows(table, problems, (cells): Moment => {
      const atMs = startMs + cells.number('') * sampleMs;
      const motorActions = present.map((motor): Action => {
        return { form: 'record', point: motor.point, atMs, attributes: numbers(cells, motor.columns) };
      });
      const feed: Action = {
        form: 'record',
        point: 'feed',
        atMs,
        attributes: numbers(cells, Object.entries(programColumns)),
      };
      return {
        atMs,
        phase: cells.oneOf('Machining_Process', phases),
        tool: cells.oneOf('tool_condition', toolConditions),
        actions: [...motorActions, feed],
      };
    });
    const used = [
      ...needed,
      ...present.flatMap((motor) => motor.columns.map(([, column]) => column)),
      ...Object.values(programColumns),
    ];
    return { product: 'mill', actions: withStates(moments), ignored: withoutUsed(table.columns, used) };
  },
};

function numbers(cells: Cells, columns: readonly (readonly [string, string])[]): Values {
  return Object.fromEntries(columns.map(([attribute, column]) => [attribute, cells.number(column)]));
}

function withStates(moments: readonly Moment[]): Action[] {
  const now = { phase: '', tool: '' };
  return moments.flatMap((moment) => {
    const changes: Action[] = [];
    for (const point of ['phase', 'tool'] as const) {
      if (now[point] !== moment[point]) {
        now[point] = moment[point];
        changes.push({ form: 'record', point, atMs: moment.atMs, value: moment[point] });
      }
    }
    return [...changes, ...moment.actions];
  });
}
