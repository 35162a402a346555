import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { baseOf, type ConfigInput, type ConfigResult, loadConfig } from '../config/load-config.ts';
import type { GatewayConfig } from '../config/schema.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readableModels } from './model-files.ts';

/** The file that is used when none is named and it is there. */
const DEFAULT_FILE = 'usewire.yaml';

export interface SettingsFlags {
  config?: string;
  dataDir?: string;
  mqttPort?: string;
  httpPort?: string;
}

/** Reads the configuration for a command; faults end it with every one of them and exit code 78. */
export function readSettings(flags: SettingsFlags, environment = process.env): GatewayConfig {
  const result = checkSettings(flags, environment);
  if (result.ok) return result.config;
  throw new CommandEnd(Exit.config, problemText(result.problems));
}

export function checkSettings(flags: SettingsFlags, environment = process.env): ConfigResult {
  const file = settingsFile(flags, environment);
  const fromFile = file === undefined ? {} : fileInput(file);
  return loadConfig({
    ...fromFile,
    environment: withoutConfigName(environment),
    flags: overrides(flags),
    readModels: readableModels,
  });
}

/** As `checkSettings`, for a gateway that runs: a file that cannot be read is a problem like others, and nothing ends. */
export function recheckSettings(flags: SettingsFlags): ConfigResult {
  try {
    return checkSettings(flags);
  } catch (error) {
    if (error instanceof CommandEnd) return { ok: false, problems: [error.message] };
    throw error;
  }
}

/** The configuration file of a command; undefined = there is none. */
export function settingsFile(flags: SettingsFlags, environment = process.env): string | undefined {
  const named = flags.config ?? environment.USEWIRE_CONFIG;
  return named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
}

function problemText(problems: string[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [...problems, `The configuration has ${count}; nothing was started.`].join('\n');
}

function fileInput(file: string): ConfigInput {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new CommandEnd(Exit.config, `${file}: ${why}.`);
  }
  return { text, fileName: file.length > 60 ? basename(file) : file, baseDirectory: baseOf(file) };
}

/** The file's name and a token for the admin pages are no keys of it. */
function withoutConfigName(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { USEWIRE_CONFIG: _, USEWIRE_ACCESS_TOKEN: __, ...rest } = environment;
  return rest;
}

function overrides(flags: SettingsFlags): ConfigInput['flags'] {
  const paths: [keyof SettingsFlags, string, string[]][] = [
    ['dataDir', '--data-dir', ['dataDirectory']],
    ['mqttPort', '--mqtt-port', ['listen', 'mqtt', 'port']],
    ['httpPort', '--http-port', ['admin', 'port']],
  ];
  return paths.flatMap(([key, flag, path]) => {
    const value = flags[key];
    return value === undefined ? [] : [{ flag, path, value }];
  });
}
