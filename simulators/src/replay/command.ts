import { Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../verdict/report.ts';
import type { ReplayOptions } from './options.ts';
import { progressView } from './progress.ts';
import { replay } from './replay.ts';
import { failureOf, type ReplayReport, reportTable } from './report.ts';

type Flags = Omit<ReplayOptions, 'paths' | 'onProgress'> & { json: boolean };

/** `usewire-sim replay PATH...` */
export function replayCommand(): Command {
  return new Command('replay')
    .description('play FIT, GPX, GeoJSON and CSV recordings through the device SDK to a gateway')
    .argument('<path...>', 'recordings, or folders with recordings')
    .requiredOption('--gateway <url>', "the gateway's broker, such as mqtt://127.0.0.1:1883")
    .option('--http <url>', "the gateway's admin, to ask what arrived, such as http://127.0.0.1:18080")
    .option('--tenant <id>', 'whose devices they are', 'replay')
    .option('--token <text>', 'password of the devices')
    .option('--speed <times>', 'times as fast as it was; left out: as fast as it can', times)
    .option('--zone <name>', 'of local times without a zone: UTC, America/Chicago, +02:00', 'UTC')
    .option('--first-day <date>', 'the date of day 1, where a recording has no dates', '2020-01-01')
    .option('--json', 'the last line is one JSON object', false)
    .action(async (paths: string[], flags: Flags) => {
      process.exitCode = await run(paths, flags);
    });
}

function times(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) {
    throw new InvalidArgumentError('It must be a number above 0: 60 plays a minute in a second.');
  }
  return value;
}

async function run(paths: string[], { json, ...options }: Flags): Promise<number> {
  const progress = progressView(process.stderr);
  const outcome = await replay({ ...options, paths, onProgress: progress.show });
  progress.end();
  if (!outcome.ok) {
    process.stderr.write(`${outcome.message}\n`);
    return outcome.kind === 'usage' ? EXIT.badUsage : EXIT.couldNotRun;
  }
  tell(outcome.report, json ? process.stderr : process.stdout);
  if (json) {
    process.stdout.write(`${JSON.stringify(outcome.report)}\n`);
  }
  return exitOf(outcome.report);
}

function exitOf(report: ReplayReport): number {
  if (report.files.some((file) => file.failure !== undefined)) {
    return EXIT.timedOut;
  }
  return report.verdict === 'pass' ? EXIT.passed : EXIT.checksFailed;
}

function tell(report: ReplayReport, out: NodeJS.WriteStream): void {
  for (const file of report.files) {
    for (const problem of file.problems) {
      out.write(`${file.file}: ${problem}\n`);
    }
    if (file.ignored.length > 0) {
      out.write(`${file.file}: ${ignoredSentence(file.ignored)}\n`);
    }
  }
  out.write(`${reportTable(report)}\n`);
  for (const { file, message } of report.refused) {
    out.write(`not played: ${file}: ${message}\n`);
  }
  for (const file of report.files) {
    const failure = failureOf(file);
    if (failure !== undefined) {
      out.write(`failed: ${file.file}: ${failure}\n`);
    }
  }
  if ((report.rejected ?? 0) > 0) {
    out.write(`failed: the gateway keeps ${report.rejected} messages apart that it did not understand\n`);
  }
  out.write(`verdict: ${report.verdict}\n`);
}

const toldColumns = 5;

function ignoredSentence(columns: readonly string[]): string {
  const first = columns.slice(0, toldColumns).join(', ');
  const more = columns.length > toldColumns ? ` and ${columns.length - toldColumns} more` : '';
  return `the model has no place for the columns ${first}${more}`;
}
