import type { Command } from 'commander';
import { eraseAsk } from './erase-ask.ts';
import { eraseReceipts, eraseStatus } from './erase-look.ts';
import type { PlaceFlags } from './quarantine-flags.ts';

/** `usewire erase …`: what was recorded of a person goes, everywhere. */
export function eraseCommands(root: Command): void {
  const erase = placed(root.command('erase'))
    .option('--device <name>', 'tenant.device')
    .option(
      '--subject <name>',
      'only this person: a name of the model, or the number of a slot; default everybody',
    )
    .option('--from <time>', 'only from then on, as 2026-11-28 or 2026-11-28T08:00:00Z')
    .option('--to <time>', 'only until then')
    .option('--dry-run', 'only say what the gateway holds of it')
    .option('--yes', 'do not ask')
    .description('erase what was recorded, in the gateway, in every sink and on the device; cannot be undone')
    .action(eraseAsk);
  placed(erase.command('status').argument('[id]'))
    .description('how far requests are')
    .action((id: string | undefined, _own, command: Command) => eraseStatus(id, all(command)));
  placed(erase.command('receipts').argument('<id>'))
    .description('what each place answered to a request, and when')
    .action((id: string, _own, command: Command) => eraseReceipts(id, all(command)));
}

/** What stands behind a command below is taken by the one above where both know it. */
function all(command: Command): PlaceFlags {
  return command.optsWithGlobals();
}

function placed(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--url <url>', 'admin address of the running gateway (default: the one of the configuration)')
    .option('--json', 'as JSON');
}
