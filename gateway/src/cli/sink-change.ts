import { userInfo } from 'node:os';
import type { ForwarderStatus } from '../forwarder-types.ts';
import type { RewindReport } from '../sink-desk.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import type { GatewayFlags } from './reload-command.ts';
import { readSettings } from './settings.ts';
import { readSpan } from './span.ts';

export async function sinkTest(name: string, flags: GatewayFlags): Promise<void> {
  const { problem } = await ask<{ problem: string | null }>(name, 'test', flags);
  if (problem !== null) throw new CommandEnd(Exit.unavailable, `${name}: ${problem}`);
  tell(flags, { sink: name, problem }, `${name} would take something now. Nothing was sent.\n`);
}

export async function sinkPause(name: string, flags: GatewayFlags): Promise<void> {
  const status = await ask<ForwarderStatus>(name, 'pause', flags, { by: who() });
  tell(
    flags,
    status,
    `${name} is paused, also over restarts. What comes for it waits in the store, up to spool.maxBytes.\n`,
  );
}

export async function sinkResume(name: string, flags: GatewayFlags): Promise<void> {
  const status = await ask<ForwarderStatus>(name, 'resume', flags, { by: who() });
  tell(flags, status, `${name} goes on: ${status.pending} messages are behind it.\n`);
}

interface RewindFlags extends GatewayFlags {
  to?: string;
  since?: string;
  all?: boolean;
  dryRun?: boolean;
}

export async function sinkRewind(name: string, flags: RewindFlags): Promise<void> {
  const dryRun = flags.dryRun ?? false;
  const report = await ask<RewindReport>(name, 'rewind', flags, { by: who(), dryRun, ...placeOf(flags) });
  tell(flags, { sink: name, dryRun, ...report }, rewindText(name, report, dryRun));
}

function placeOf({ to, since, all }: RewindFlags): { toPosition?: number; sinceMs?: number } {
  if ([to, since, all].filter((flag) => flag !== undefined).length !== 1)
    throw new CommandEnd(
      Exit.usage,
      'Say from where: --to POSITION, --since SPAN, or --all. With --dry-run nothing is sent.',
    );
  if (since !== undefined) return { sinceMs: Date.now() - readSpan(since, '--since') };
  if (to === undefined) return {};
  if (!/^\d{1,15}$/.test(to))
    throw new CommandEnd(Exit.usage, `--to is "${to}"; expected a position: a whole number.`);
  return { toPosition: Number(to) };
}

export function rewindText(name: string, report: RewindReport, dryRun: boolean): string {
  const { position, messagesAgain, recordsAgain, messagesPending, oldestKept } = report;
  return [
    `${name}: ${dryRun ? 'would go' : 'goes'} back to position ${position}${dryRun ? ' (dry run: nothing is changed)' : ''}`,
    `  ${messagesAgain} messages with ${recordsAgain} records ${dryRun ? 'would be' : 'are'} sent again; ${messagesPending} are to be sent anyway`,
    `  the oldest message in the store is at position ${oldestKept}; older ones cannot be sent again`,
    '  Each record keeps its identity: tables keep one copy, a stream looks for what it has, files skip what they have;',
    '  an HTTP receiver gets new batch keys, and has to tell records by source and id.',
    '',
  ].join('\n');
}

async function ask<T>(name: string, what: string, flags: GatewayFlags, body: object = {}): Promise<T> {
  const url = flags.url ?? adminUrl(readSettings(flags));
  return JSON.parse(
    (await askGateway(url, `/api/sinks/${encodeURIComponent(name)}/${what}`, body)).text,
  ) as T;
}

function who(): string {
  return `command line (${userInfo().username})`;
}
