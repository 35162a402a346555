import type { Command } from 'commander';
import { sinkPause, sinkResume, sinkRewind, sinkTest } from './sink-change.ts';
import { sinkList } from './sink-list.ts';

/** `usewire sink …`: what goes out of a running gateway. */
export function sinkCommands(root: Command): void {
  const sink = root
    .command('sink')
    .description('the sinks of a running gateway: how far they are, and what to do with them');
  reached(sink.command('list'))
    .description('list the sinks: state, what they got, how far behind they are')
    .action(sinkList);
  const named = (name: string) => reached(sink.command(name).argument('<name>'));
  named('test').description('say whether a sink would take something now; nothing is sent').action(sinkTest);
  named('pause')
    .description(
      'deliver nothing to a sink until it is resumed, over restarts; its records wait in the store',
    )
    .action(sinkPause);
  named('resume').description('deliver to a sink again').action(sinkResume);
  named('rewind')
    .option('--to <position>', 'send everything behind this position again')
    .option('--since <span>', 'send again what came in the last 15m, 1h, 7d')
    .option('--all', 'send everything again that is in the store')
    .option('--dry-run', 'only say what would be sent again')
    .description('send again what a sink has had already, under the same identities; kept in the audit')
    .action(sinkRewind);
}

function reached(command: Command): Command {
  return command
    .option('--url <url>', 'admin address of the running gateway (default: the one of the configuration)')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--json', 'as JSON');
}
