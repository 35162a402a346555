import type { GatewayConfig } from '../config/schema.ts';
import { readTlsFiles, TlsFileError } from '../ingress/tls-files.ts';
import { CommandEnd, Exit } from './exit.ts';
import { modelFileProblems } from './model-files.ts';
import { checkSettings } from './settings.ts';

/** Checks everything that can be checked without starting: the file, the environment, token, TLS and model files. */
export function validateCommand(file: string | undefined): void {
  const flags = file === undefined ? {} : { config: file };
  const result = checkSettings(flags);
  const problems = result.ok ? fileProblems(result.config) : result.problems;
  if (problems.length > 0 || !result.ok) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    throw new CommandEnd(Exit.config, [...problems, `${count} found.`].join('\n'));
  }
  const { sinks, models, auth } = result.config;
  const parts = [
    `auth ${auth.mode}`,
    `${models.length} models`,
    `sinks: ${sinks.map((s) => s.name).join(', ') || 'none'}`,
  ];
  process.stdout.write(`The configuration is valid (${parts.join('; ')}).\n`);
}

/** Of the files that a configuration names. */
export function fileProblems(config: GatewayConfig): string[] {
  return [...tlsProblems(config), ...modelFileProblems(config.models)];
}

function tlsProblems({ listen: { mqtts } }: GatewayConfig): string[] {
  if (mqtts === undefined) return [];
  try {
    readTlsFiles(mqtts);
    return [];
  } catch (error) {
    if (error instanceof TlsFileError) return [error.message];
    throw error;
  }
}
