import { checkClock } from './check-clock.ts';
import { checkFolder } from './check-folder.ts';
import { checkGateway } from './check-gateway.ts';
import { checkRescues } from './check-rescues.ts';
import { checkSinks } from './check-sinks.ts';
import { checkSpace } from './check-space.ts';
import { checkStore } from './check-store.ts';
import type { Check, Finding, Patient } from './finding.ts';

/** In the order in which they are told. */
const CHECKS: Check[] = [
  checkGateway,
  checkFolder,
  checkSpace,
  checkClock,
  checkStore,
  checkRescues,
  checkSinks,
];

export async function diagnose(patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) findings.push(...(await check(patient)));
  return findings;
}

const WIDTH = 100;

/** As a person reads it: what is wrong and what to do stand out, long sentences are broken. */
export function findingsText(dataDirectory: string, findings: readonly Finding[]): string {
  const column = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, says, todo }) => [
    ...paragraph(`${level.padEnd(8)} ${check.padEnd(column)}  `, says),
    ...(todo === undefined ? [] : paragraph(`${' '.repeat(9 + column)}  `, `-> ${todo}`)),
  ]);
  return [`data folder ${dataDirectory}`, '', ...lines, '', summary(findings), ''].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = findings.filter(({ level }) => level === 'problem').length;
  if (count === 0) return 'Nothing is wrong.';
  return count === 1 ? '1 problem.' : `${count} problems.`;
}

function paragraph(first: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > WIDTH - first.length) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  const rest = ' '.repeat(first.length);
  return lines.map((part, i) => (i === 0 ? first : rest) + part);
}
