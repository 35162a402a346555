import { CsvError, type Info, parse } from 'csv-parse/sync';
import type { Row } from '../cells.ts';
import { csvLayouts } from '../layouts/index.ts';
import type { CsvLayout } from '../layouts/layout.ts';
import { failed, inOrder, type ReadContext, type ReadOutcome, type RowProblem } from '../recording.ts';

/** CSV of any layout in `layouts/`, told apart by header or first row. */
export function readCsv(text: string, context: ReadContext): ReadOutcome {
  const layout = csvLayouts.find((candidate) => candidate.recognises(firstRowOf(text, candidate.delimiter)));
  if (!layout) {
    return failed(unknownLayout(text));
  }
  const [first, ...rest] = rowsOf(text, layout.delimiter);
  const table = layout.hasHeader
    ? { columns: first?.cells ?? [], rows: rest }
    : { columns: layout.columns, rows: first ? [first, ...rest] : [] };
  const problems: RowProblem[] = [];
  const { actions, ...result } = layout.read(table, context, problems);
  const rows = table.rows.length;
  if (actions.length === 0) {
    return failed(nothingToPlay(layout, rows, problems));
  }
  return {
    ok: true,
    recording: { format: 'csv', layout: layout.name, rows, problems, actions: inOrder(actions), ...result },
  };
}

/** Names of the columns of what looks like a header, for messages. */
function unknownLayout(text: string): string {
  const delimiter = (text.split('\n', 1)[0] ?? '').includes(';') ? ';' : ',';
  const seen = firstRowOf(text, delimiter).slice(0, 8).join(', ').slice(0, 160);
  const accepted = csvLayouts.map((layout) => `  - ${layout.accepts}`).join('\n');
  return `it looks like CSV that begins with '${seen}', and no layout knows that. Known are:\n${accepted}`;
}

function nothingToPlay(layout: CsvLayout, rows: number, problems: readonly RowProblem[]): string {
  const first = problems[0];
  const why = first ? `; the first bad one is line ${first.line}: ${first.message}` : '';
  return `it is a ${layout.name}, but none of its ${rows} rows can be played${why}`;
}

function firstRowOf(text: string, delimiter: string): string[] {
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
  return rowsOf(line, delimiter)[0]?.cells.map((cell) => cell.trim()) ?? [];
}

function rowsOf(text: string, delimiter: string): Row[] {
  try {
    return parseRows(text, delimiter, '"');
  } catch (error) {
    // A quote that is never closed would swallow the rest of the file: without quoting only its own row is bad.
    if (error instanceof CsvError) {
      return parseRows(text, delimiter, null);
    }
    throw error;
  }
}

function parseRows(text: string, delimiter: string, quote: '"' | null): Row[] {
  const parsed = parse(text, {
    delimiter,
    quote,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as { info: Info; record: string[] }[];
  return parsed.map(({ info, record }) => ({ line: info.lines, cells: record }));
}
