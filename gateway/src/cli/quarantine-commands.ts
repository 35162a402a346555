import type { Command } from 'commander';
import { quarantineDrop, quarantineReplay } from './quarantine-change.ts';
import { quarantineList, quarantineShow } from './quarantine-look.ts';

/** `usewire quarantine …`: what was refused, and what becomes of it. */
export function quarantineCommands(root: Command): void {
  const quarantine = root
    .command('quarantine')
    .description('what was refused, with its reason and its bytes');
  filtered(quarantine.command('list'))
    .option('--limit <n>', 'entries at the most, newest first', '100')
    .option('--json', 'as JSON')
    .description('list entries, newest first')
    .action(quarantineList);
  placed(quarantine.command('show').argument('<id>'))
    .option('--json', 'as JSON')
    .description('one entry: why it was refused, its bytes, and what they say')
    .action(quarantineShow);
  filtered(quarantine.command('replay').argument('[id]'))
    .option('--model <file>', 'read the messages with this model in place of the one they name')
    .option('--dry-run', 'only say what would be stored and what is still refused')
    .option('--json', 'as JSON')
    .description('take in again what is right by now; may be repeated, also after a kill')
    .action(quarantineReplay);
  filtered(quarantine.command('drop').argument('[id]'))
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .description('delete entries for good; kept in the audit')
    .action(quarantineDrop);
}

function filtered(command: Command): Command {
  return placed(command)
    .option('--tenant <name>', 'only of this tenant')
    .option('--device <name>', 'only of this device, or tenant.device')
    .option('--reason <name>', 'only with this reason, as "schema" or "outOfRange"')
    .option('--since <span>', 'only what came in the last 15m, 1h, 7d');
}

function placed(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--url <url>', 'admin address of the running gateway (default: the one of the configuration)');
}
