import type { Accounts, SinkAccount } from '../admin/books.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import { tell } from './device-registry-file.ts';
import { readSettings } from './settings.ts';
import { table } from './text-table.ts';
import { span } from './words.ts';

interface StatusFlags {
  url?: string;
  config?: string;
  json?: boolean;
}

/** Where every message is that came in, and how far each sink is. */
export async function statusCommand(flags: StatusFlags): Promise<void> {
  const url = flags.url ?? adminUrl(readSettings(flags));
  const found = JSON.parse((await askGateway(url, '/api/books')).text) as Accounts;
  tell(flags, found, statusText(found));
}

export function statusText({ phase, books, sinks }: Accounts): string {
  const refused = Object.entries(books.refused).map(([cause, count]): Row => [`refused: ${cause}`, count]);
  const discarded = Object.entries(books.discarded).map(([why, count]): Row => [`discarded: ${why}`, count]);
  const rows: Row[] = [
    ['came in', books.in],
    ['came out of quarantine', books.released],
    ['stored', books.stored],
    ['duplicates', books.duplicates],
    ['about the device itself', books.reports],
    ['quarantined', books.quarantined],
    ...refused,
    ...discarded,
    ['under way', books.underWay],
  ];
  const verdict =
    books.difference === 0
      ? 'The books are even: what came in and out of quarantine is in one place each.'
      : `THE BOOKS ARE NOT EVEN: ${books.difference} messages are in no place. This is a bug; please report it.`;
  const text = table(
    ['messages since start', 'count'],
    rows.map(([what, count]) => [what, String(count)]),
  );
  return `The gateway is ${phase}.\n\n${text}${verdict}\n\n${sinkText(sinks)}`;
}

type Row = [what: string, count: number];

function sinkText(sinks: readonly SinkAccount[]): string {
  if (sinks.length === 0) return 'No sink is configured: what is stored goes nowhere.\n';
  const head = [
    'sink',
    'state',
    'received',
    'delivered',
    'records',
    'withheld',
    'rejected',
    'retried',
    'behind',
    'lag',
  ];
  const rows = sinks.map((one) => [
    one.sink,
    one.state,
    ...[
      one.received,
      one.delivered,
      one.records,
      one.withheld,
      one.rejected,
      one.retried,
      one.pendingRecords,
    ].map(String),
    one.pending === 0 ? 'none' : span(one.lagMs),
  ]);
  const problems = sinks.filter(({ lastProblem }) => lastProblem !== null);
  return table(head, rows) + problems.map(({ sink, lastProblem }) => `${sink}: ${lastProblem}\n`).join('');
}
