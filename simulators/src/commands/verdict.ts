import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { Judge, type Verdict } from '../verdict/judge.ts';
import { readArrived, readTruth } from '../verdict/read.ts';
import { EXIT, junit, summary } from '../verdict/report.ts';
import { TimedOut } from './exit.ts';
import { positive } from './fleet-options.ts';

interface VerdictFlags {
  truth: string;
  arrived: string[];
  junit?: string;
  repeat?: string;
  timeoutSeconds: number;
  json: boolean;
}

/** `usewire-sim verdict` */
export function verdictCommand(): Command {
  return new Command('verdict')
    .description('compares what devices truly did with what arrived: 0 passed, 1 checks failed')
    .requiredOption('--truth <file>', 'written by `fleet --truth`')
    .requiredOption(
      '--arrived <path...>',
      "the gateway's JSONL files or their folder, or http://HOST:PORT/api/records",
    )
    .option('--junit <file>', 'writes JUnit XML')
    .option('--repeat <command>', 'the command that repeats the run, shown when checks fail')
    .option('--timeout-seconds <n>', 'patience with a URL', positive('--timeout-seconds'), 120)
    .option('--json', 'the last line is one JSON object', false)
    .action(async (flags: VerdictFlags) => {
      process.exitCode = await run(flags);
    });
}

async function run(flags: VerdictFlags): Promise<number> {
  const { verdict, command } = await judged(flags);
  if (flags.junit !== undefined) writeFileSync(flags.junit, junit(verdict));
  const text = summary(verdict, flags.repeat ?? command ?? repeatOf(flags));
  (flags.json ? process.stderr : process.stdout).write(`${text}\n`);
  if (flags.json) process.stdout.write(`${JSON.stringify(resultOf(verdict))}\n`);
  return verdict.passed ? EXIT.passed : EXIT.checksFailed;
}

async function judged(flags: VerdictFlags): Promise<{ verdict: Verdict; command: string | undefined }> {
  const judge = new Judge();
  const patience = AbortSignal.timeout(flags.timeoutSeconds * 1000);
  let command: string | undefined;
  for await (const line of readTruth(flags.truth)) {
    if (line.kind === 'run') command = line.command;
    judge.expect(line);
  }
  try {
    for (const source of flags.arrived) {
      for await (const record of readArrived(source, patience)) judge.arrive(record);
    }
  } catch (error) {
    if (patience.aborted)
      throw new TimedOut(`${flags.arrived.join(' ')}: not read within ${flags.timeoutSeconds} s`);
    throw error;
  }
  return { verdict: judge.verdict(), command };
}

function repeatOf(flags: VerdictFlags): string {
  return `usewire-sim verdict --truth ${flags.truth} --arrived ${flags.arrived.join(' ')}`;
}

function resultOf(verdict: Verdict): object {
  const { passed, devices, accepted, stored, gaps, duplicates, unpromisedTimes, findings } = verdict;
  return {
    verdict: passed ? 'pass' : 'fail',
    devices,
    recordsAccepted: accepted,
    recordsArrived: stored,
    gaps,
    duplicates,
    unpromisedTimes,
    findings,
  };
}
