import { boardModelFile, toBoardModel } from '@usewire/protocol/check';
import { CommandEnd, Exit } from './exit.ts';
import { readModelFile } from './model-files.ts';

/** Prints the file that a board requires to record by this model (docs/boards.md). */
export function boardCommand(path: string): void {
  const read = readModelFile(path);
  if (!read.ok) throw new CommandEnd(Exit.config, read.problems.join('\n'));
  const result = toBoardModel(read.model);
  if (!result.ok) {
    const lines = result.problems.map((each) => `${path}: ${each.path}: ${each.message}`);
    throw new CommandEnd(Exit.config, lines.join('\n'));
  }
  process.stdout.write(boardModelFile(result.model));
}
