/** What became of one file. */
export interface FileReport {
  file: string;
  device: string;
  layout: string;
  /** Rows in the file, and those that could not be read. */
  rows: number;
  badRows: number;
  /** What the SDK took. */
  accepted: number;
  /** What the gateway has more than before; undefined when nobody was asked. */
  stored?: number;
  /** Records that the SDK told as lost. */
  gaps: number;
  /** Messages that came again and were recognised: the gateway's work, no fault of the path. */
  duplicates?: number;
  /** Values outside the model's range that were kept. */
  flagged: number;
  bytes: number;
  seconds: number;
  /** Columns that no point of the model takes. */
  ignored: string[];
  problems: string[];
  /** Why the file counts as failed. */
  failure?: string;
}

export interface ReplayReport {
  verdict: 'pass' | 'fail';
  files: FileReport[];
  /** Files that are no recordings, with the reason. */
  refused: { file: string; message: string }[];
  /** Messages that the gateway did not understand and keeps apart; undefined when nobody was asked. */
  rejected?: number;
}

/** A failure of the path, not of the file: bad rows are told, and do not fail a replay. */
export function failureOf(report: FileReport): string | undefined {
  const { accepted, stored, gaps } = report;
  if (report.failure !== undefined) {
    return report.failure;
  }
  if (stored !== undefined && accepted !== stored + gaps) {
    return `the SDK accepted ${accepted} records, ${stored} are stored and ${gaps} told as lost`;
  }
  return undefined;
}

const columns: readonly [string, (report: FileReport) => string | number][] = [
  ['file', (report) => report.file],
  ['device', (report) => report.device],
  ['rows', (report) => report.rows],
  ['bad', (report) => report.badRows],
  ['accepted', (report) => report.accepted],
  ['stored', (report) => report.stored ?? '-'],
  ['gaps', (report) => report.gaps],
  ['flagged', (report) => report.flagged],
  ['bytes', (report) => report.bytes],
  ['B/record', (report) => (report.accepted === 0 ? '-' : (report.bytes / report.accepted).toFixed(2))],
];

/** A table for people, the sums last. */
export function reportTable(report: ReplayReport): string {
  const rows = [...report.files, totalOf(report.files)];
  const cells = [
    columns.map(([name]) => name),
    ...rows.map((row) => columns.map(([, of]) => String(of(row)))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  const align = (cell: string, at: number) =>
    at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!);
  return cells.map((line) => line.map(align).join('  ').trimEnd()).join('\n');
}

function totalOf(files: readonly FileReport[]): FileReport {
  const sum = (of: (report: FileReport) => number) => files.reduce((total, file) => total + of(file), 0);
  const asked = files.length > 0 && files.every((file) => file.stored !== undefined);
  return {
    file: `${files.length} files`,
    device: '',
    layout: '',
    rows: sum((file) => file.rows),
    badRows: sum((file) => file.badRows),
    accepted: sum((file) => file.accepted),
    stored: asked ? sum((file) => file.stored ?? 0) : undefined,
    gaps: sum((file) => file.gaps),
    flagged: sum((file) => file.flagged),
    bytes: sum((file) => file.bytes),
    seconds: sum((file) => file.seconds),
    ignored: [],
    problems: [],
  };
}
