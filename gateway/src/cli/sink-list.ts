import type { ForwarderStatus } from '../forwarder-types.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import { tell } from './device-registry-file.ts';
import type { GatewayFlags } from './reload-command.ts';
import { readSettings } from './settings.ts';
import { table } from './text-table.ts';
import { span } from './words.ts';

export async function sinkList(flags: GatewayFlags): Promise<void> {
  const url = flags.url ?? adminUrl(readSettings(flags));
  const found = JSON.parse((await askGateway(url, '/api/sinks')).text) as ForwarderStatus[];
  tell(flags, found, sinkTable(found));
}

export function sinkTable(sinks: readonly ForwarderStatus[]): string {
  if (sinks.length === 0) return 'No sink is configured: what is stored goes nowhere.\n';
  const head = [
    'sink',
    'state',
    'breaker',
    'position',
    'behind',
    'of it backlog',
    'lag',
    'batches',
    'at once',
    'retries',
    'rejected',
  ];
  const rows = sinks.map((one) => [
    one.name,
    one.state,
    one.breaker,
    ...[one.cursor, one.pending, one.backlog].map(String),
    one.pending === 0 || one.lagMs === null ? '' : span(one.lagMs),
    String(one.batches),
    `${one.underWay} of ${one.concurrency}`,
    ...[one.retries, one.messagesRejected].map(String),
  ]);
  const problems = sinks.filter(({ lastProblem }) => lastProblem !== null);
  return table(head, rows) + problems.map(({ name, lastProblem }) => `${name}: ${lastProblem}\n`).join('');
}
