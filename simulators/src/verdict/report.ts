import { CHECK_TITLES, CHECKS, type Finding } from './findings.ts';
import type { Verdict } from './judge.ts';

/** Exit codes of `usewire-sim`. */
export const EXIT = { passed: 0, checksFailed: 1, badUsage: 2, couldNotRun: 3, timedOut: 4 } as const;

/** The verdict in words, for a terminal. `repeat`: the one command that runs this again, shown when it failed. */
export function summary(verdict: Verdict, repeat?: string): string {
  const { devices, accepted, stored, gaps, duplicates, unpromisedTimes } = verdict;
  const lines = [
    `${verdict.passed ? 'PASSED' : 'FAILED'}: ${devices} devices, ${accepted} records accepted, ${stored} stored, ${gaps} in gaps, ${duplicates} duplicates`,
  ];
  if (unpromisedTimes > 0) lines.push(`  ${unpromisedTimes} records came with no promise about their time`);
  for (const check of CHECKS) {
    const found = verdict.findings.filter((one) => one.check === check);
    if (found.length === 0) continue;
    lines.push(`  ${check}: ${CHECK_TITLES[check]}`);
    for (const one of found.slice(0, SHOWN))
      lines.push(`    ${one.device}: ${one.count} x, such as ${one.example}`);
    if (found.length > SHOWN) lines.push(`    and ${found.length - SHOWN} more devices`);
  }
  if (!verdict.passed && repeat !== undefined) lines.push(`  repeat: ${repeat}`);
  return lines.join('\n');
}

const SHOWN = 5;

/** JUnit XML: a suite per device, a case per check. */
export function junit(verdict: Verdict): string {
  const suites = verdict.accounts.map((account) => {
    const own = verdict.findings.filter((one) => one.device === account.device);
    const cases = CHECKS.map((check) =>
      testcase(
        account.device,
        check,
        own.find((one) => one.check === check),
      ),
    );
    const head = `<testsuite name="${escapeXml(account.device)}" tests="${CHECKS.length}" failures="${own.length}">`;
    return [`  ${head}`, ...cases, '  </testsuite>'].join('\n');
  });
  const tests = verdict.accounts.length * CHECKS.length;
  const head = `<testsuites name="usewire verdict" tests="${tests}" failures="${verdict.findings.length}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, '</testsuites>', ''].join('\n');
}

function testcase(device: string, check: keyof typeof CHECK_TITLES, finding: Finding | undefined): string {
  const attributes = `classname="${escapeXml(device)}" name="${escapeXml(`${check}: ${CHECK_TITLES[check]}`)}"`;
  if (finding === undefined) return `    <testcase ${attributes}/>`;
  const message = escapeXml(`${finding.count} x, such as ${finding.example}`);
  return `    <testcase ${attributes}><failure message="${message}"/></testcase>`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot hold them in any form.
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  return text
    .replace(NOT_XML, '?')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}
