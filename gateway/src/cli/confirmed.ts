import { createInterface } from 'node:readline/promises';
import { CommandEnd, Exit } from './exit.ts';

/** What cannot be undone is asked for once more. Ends the command with `otherwise` when it is not confirmed. */
export async function confirmed(what: string, otherwise: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CommandEnd(Exit.usage, `${what}? It cannot be undone; say --yes where nobody can be asked.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${what}? Type "yes": `);
  terminal.close();
  if (answer.trim() !== 'yes') throw new CommandEnd(Exit.refused, otherwise);
}
