import { Command, CommanderError } from 'commander';
import { exitCodeOf } from './commands/exit.ts';
import { faultsCommand } from './commands/faults.ts';
import { fleetCommand } from './commands/fleet.ts';
import { misbehaveCommand } from './commands/misbehave.ts';
import { networkCommand } from './commands/network.ts';
import { peopleCommand } from './commands/people.ts';
import { productsCommand, sheetCommand } from './commands/products.ts';
import { receiverCommand } from './commands/receiver.ts';
import { verdictCommand } from './commands/verdict.ts';
import { replayCommand } from './replay/index.ts';
import { EXIT } from './verdict/report.ts';

// Whoever reads (`| head`) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.passed);
});

const program = new Command('usewire-sim')
  .description('people using connected products: fleets, recordings, a verdict')
  .addCommand(faultsCommand())
  .addCommand(fleetCommand())
  .addCommand(misbehaveCommand())
  .addCommand(networkCommand())
  .addCommand(peopleCommand())
  .addCommand(productsCommand())
  .addCommand(receiverCommand())
  .addCommand(replayCommand())
  .addCommand(sheetCommand())
  .addCommand(verdictCommand());

/** Wrong usage is code 2, as documented; help and version are no failure. */
for (const command of [program, ...program.commands]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.passed : EXIT.badUsage;
  else {
    const code = exitCodeOf(error);
    if (code === undefined) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = code;
  }
}
