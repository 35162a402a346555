import type { ReloadReport } from '../reload.ts';
import { adminUrl, askGateway } from './admin-client.ts';
import { tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';

export interface GatewayFlags {
  url?: string;
  config?: string;
  json?: boolean;
}

/** Asks a running gateway to read its configuration again; a wrong one changes nothing and ends with exit code 78. */
export async function reloadCommand(flags: GatewayFlags): Promise<void> {
  const url = flags.url ?? adminUrl(readSettings(flags));
  const report = JSON.parse((await askGateway(url, '/api/reload', {})).text) as ReloadReport;
  if (!report.ok) {
    const kept = 'The gateway goes on with the configuration that it had.';
    throw new CommandEnd(Exit.config, [...report.problems, kept].join('\n'));
  }
  tell(flags, report, reloadText(report));
}

export function reloadText({
  added,
  changed,
  removed,
  needsRestart,
}: Extract<ReloadReport, { ok: true }>): string {
  const lines = [
    ...added.map((name) => `sink ${name}: new`),
    ...changed.map((name) => `sink ${name}: changed`),
    ...removed.map((name) => `sink ${name}: gone`),
    ...needsRestart.map((part) => `${part}: changed, but only a restart brings it`),
  ];
  return `${(lines.length > 0 ? lines : ['Nothing has changed.']).join('\n')}\n`;
}
