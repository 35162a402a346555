import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { choiceBody } from '../admin/consents.ts';
import { readPurpose } from './consent-change.ts';
import type { AskedChoice } from './consent-client.ts';
import { withDesk } from './desk-client.ts';
import { type DeviceFlags, tell } from './device-registry-file.ts';
import { CommandEnd, Exit } from './exit.ts';
import { readSettings } from './settings.ts';

type ImportFlags = DeviceFlags & { url?: string; by: string };

/** Nothing is entered unless every line can be read; the lines are entered in their order. */
export async function consentImport(file: string, flags: ImportFlags): Promise<void> {
  const choices = readLines(file, flags.by);
  await withDesk(readSettings(flags), flags.url, async (desk) => {
    for (const choice of choices) await desk.choose(choice);
  });
  tell(flags, { imported: choices.length }, `${choices.length} choices are in the ledger.\n`);
}

function readLines(file: string, by: string): AskedChoice[] {
  const lines = textOf(file).split('\n');
  const problems: string[] = [];
  const choices = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const read = readLine(line, by);
    if (typeof read !== 'string') return [read];
    problems.push(`${file}:${i + 1}: ${read}`);
    return [];
  });
  if (problems.length === 0) return choices;
  const count = problems.length === 1 ? '1 line' : `${problems.length} lines`;
  const told = [...problems.slice(0, 20), `${count} of it cannot be used; nothing was imported.`];
  throw new CommandEnd(Exit.refused, told.join('\n'));
}

function readLine(line: string, by: string): AskedChoice | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'this is no JSON';
  }
  const parsed = choiceBody.omit({ by: true, how: true }).safeParse(value);
  if (!parsed.success) return z.prettifyError(parsed.error).replaceAll('\n', ' ');
  const { purposes, ...choice } = parsed.data;
  const byCode = Object.entries(purposes).map(([word, isGranted]) => [readPurpose(word), isGranted]);
  return { ...choice, purposes: Object.fromEntries(byCode), how: 'import', source: by };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandEnd(Exit.usage, `${file} cannot be read: ${(error as Error).message}.`);
  }
}
