import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose, findingsText } from './doctor/diagnose.ts';
import type { Finding } from './doctor/finding.ts';
import { CommandEnd, Exit } from './exit.ts';
import { openLock } from './lock.ts';
import { checkSettings, type SettingsFlags } from './settings.ts';
import { fileProblems } from './validate-command.ts';

/**
 * Looks at everything that a gateway needs, changes nothing, and says what is wrong and what to do: exit code 0, 1 when something is wrong now, 78 when the
 * configuration is.
 */
export async function doctorCommand(flags: SettingsFlags & { json?: boolean }): Promise<void> {
  const read = checkSettings(flags);
  const problems = read.ok ? fileProblems(read.config) : read.problems;
  const findings: Finding[] = problems.map((says) => ({ check: 'configuration', level: 'problem', says }));
  if (!read.ok) {
    tell(flags, '(not known)', findings);
    throw new CommandEnd(Exit.config, '');
  }
  if (findings.length === 0) {
    findings.push({ check: 'configuration', level: 'ok', says: 'The configuration is valid.' });
  }
  const { config } = read;
  const patient = {
    config,
    nowMs: Date.now(),
    isRunning: isHeld(join(config.dataDirectory, 'gateway.lock')),
  };
  findings.push(...(await diagnose(patient)));
  tell(flags, config.dataDirectory, findings);
  if (problems.length > 0) throw new CommandEnd(Exit.config, '');
  if (findings.some(({ level }) => level === 'problem')) throw new CommandEnd(Exit.refused, '');
}

function isHeld(lock: string): boolean {
  if (!existsSync(lock)) return false;
  try {
    const release = openLock(lock);
    release?.();
    return release === null;
  } catch {
    // One that cannot be opened is told by the check of the folder.
    return false;
  }
}

function tell(flags: { json?: boolean }, dataDirectory: string, findings: Finding[]): void {
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const json = `${JSON.stringify({ dataDirectory, problems, findings })}\n`;
  process.stdout.write(flags.json ? json : findingsText(dataDirectory, findings));
}
