import { Command } from 'commander';
import { liveScenario } from '../people/live-scenario.ts';
import { scenarios } from '../people/scenarios/index.ts';
import { EXIT } from '../verdict/report.ts';
import { UsageError } from '../world/fleet.ts';

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError(`--${name} is '${text}'; it must be a whole number from 0.`);
  return value;
}

/** `usewire-sim people` */
export function peopleCommand(): Command {
  return new Command('people')
    .description(
      'people who grant, refuse, withdraw, share, sell and reset, on the real SDK, with kills and losses of power',
    )
    .option('--seed <n>', 'of the first life; the same seed lives the same', '1')
    .option('--lives <n>', 'of each scenario', '20')
    .action((given: { seed: string; lives: string }) => {
      const seed = numberOf('seed', given.seed);
      const lives = numberOf('lives', given.lives);
      for (const scenario of scenarios) {
        const verdicts = Array.from({ length: lives }, (_, i) =>
          liveScenario(scenario, { seed: seed + i, hasFaults: true }),
        );
        const findings = verdicts.flatMap((verdict, i) =>
          verdict.findings.map((each) => `seed ${seed + i}: ${each}`),
        );
        const restarts = verdicts.reduce((sum, verdict) => sum + verdict.restarts, 0);
        process.stdout.write(
          `${scenario.name.padEnd(17)} ${lives} lives, ${restarts} restarts, ${findings.length} findings: ${scenario.title}\n`,
        );
        for (const finding of findings) process.stdout.write(`  ${finding}\n`);
        if (findings.length > 0) process.exitCode = EXIT.checksFailed;
      }
    });
}
