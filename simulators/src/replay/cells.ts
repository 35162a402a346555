import type { LocalTime, RowProblem } from './recording.ts';

export interface Row {
  line: number;
  cells: string[];
}

/** A row's cells by column name. The first cell that cannot be read is kept as the row's problem. */
export interface Cells {
  line: number;
  problem: string | undefined;
  number(column: string): number;
  /** Undefined for an empty cell. */
  optionalNumber(column: string): number | undefined;
  text(column: string): string;
  oneOf(column: string, labels: readonly string[]): string;
  /** Reads the cell with `parse`; what it does not know is the row's problem, told with the expected form. */
  parsed<T>(column: string, expected: string, parse: (text: string) => T | undefined): T | undefined;
}

export interface Table {
  rows: Row[];
  columns: readonly string[];
}

/** Reads every row with `read`; a row with a problem is told with its line number and none of it is played. */
export function readRows<T>(
  table: Table,
  problems: RowProblem[],
  read: (cells: Cells) => T | undefined,
): T[] {
  const index = new Map(table.columns.map((name, at) => [name, at]));
  const done: T[] = [];
  for (const row of table.rows) {
    const cells = cellsOf(row, table.columns, index);
    const value = cells.problem === undefined ? read(cells) : undefined;
    if (cells.problem === undefined && value !== undefined) {
      done.push(value);
    } else {
      problems.push({ line: row.line, message: cells.problem ?? 'the row cannot be read' });
    }
  }
  return done;
}

function cellsOf(row: Row, columns: readonly string[], index: ReadonlyMap<string, number>): Cells {
  const cell = (column: string) => (row.cells[index.get(column) ?? -1] ?? '').trim();
  const complain = (column: string, expected: string) => {
    cells.problem ??= `${column} is '${shortened(cell(column))}', expected ${expected}`;
  };
  const number = (column: string) => {
    const text = cell(column);
    const value = text === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) {
      complain(column, 'a number');
    }
    return value;
  };
  const cells: Cells = {
    line: row.line,
    problem: widthProblem(row, columns),
    number,
    optionalNumber: (column) => (cell(column) === '' ? undefined : number(column)),
    text: cell,
    oneOf(column, labels) {
      const value = cell(column);
      if (!labels.includes(value)) {
        complain(column, `one of ${labels.join(', ')}`);
      }
      return value;
    },
    parsed(column, expected, parse) {
      const value = parse(cell(column));
      if (value === undefined) {
        complain(column, expected);
      }
      return value;
    },
  };
  return cells;
}

function widthProblem(row: Row, columns: readonly string[]): string | undefined {
  return row.cells.length === columns.length
    ? undefined
    : `the row has ${row.cells.length} cells, expected ${columns.length}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** '22:29', '22:29:31' or '22:29:31.5' -> ms since midnight. */
export function timeOfDay(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  const inRange = hour < 24 && minute < 60 && second < 60;
  return inRange ? Math.round((hour * 3600 + minute * 60 + second) * 1000) : undefined;
}

/** '2007-05-18 13:37:34'. */
export function dateAndTime(text: string): LocalTime | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](.+)$/.exec(text);
  return match ? localTime([match[1], match[2], match[3]], match[4]) : undefined;
}

/** '20/05/2012 00:00:08'. */
export function dayFirstDateAndTime(text: string): LocalTime | undefined {
  const match = /^(\d\d)\/(\d\d)\/(\d{4}) (.+)$/.exec(text);
  return match ? localTime([match[3], match[2], match[1]], match[4]) : undefined;
}

/** ISO 8601 with a zone -> Unix ms. */
export function isoTime(text: string): number | undefined {
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(text);
  const unixMs = zoned ? Date.parse(text) : Number.NaN;
  return Number.isFinite(unixMs) ? unixMs : undefined;
}

function localTime(date: (string | undefined)[], time: string | undefined): LocalTime | undefined {
  const [year, month, day] = date.map(Number) as [number, number, number];
  const timeOfDayMs = timeOfDay(time ?? '');
  const real = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  return timeOfDayMs === undefined || !real ? undefined : { year, month, day, timeOfDayMs };
}
