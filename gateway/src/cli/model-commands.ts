import type { Command } from 'commander';
import { boardCommand } from './board-command.ts';
import { sheetCommand } from './sheet-command.ts';

const file = ['<file>', 'a product model: JSON, or its canonical bytes'] as const;

/** `usewire model ...`: what can be made of a product model. */
export function modelCommands(root: Command): void {
  const model = root.command('model').description('tools for product models');
  model
    .command('board')
    .argument(...file)
    .description('print the file that an Espruino board records by (docs/boards.md)')
    .action(boardCommand);
  model
    .command('sheet')
    .argument(...file)
    .option('--html', 'one page of HTML instead of Markdown')
    .option(
      '--rate <point=number>',
      'records a day that are expected of a point; may be given again',
      gathered,
      [],
    )
    .option('--config <file>', 'the sinks of this configuration as those who get it')
    .option('--contact <who>', 'whom people ask for a copy, for an end, for erasure')
    .description('print the sheet that people read before they buy: what, why, how much, how long, for whom')
    .action(sheetCommand);
}

const gathered = (value: string, before: readonly string[]): string[] => [...before, value];
