import { Command } from 'commander';
import { sinkFaults, startFaultyReceiver } from '../faults/sink/index.ts';
import { UsageError } from '../world/fleet.ts';
import { positive } from './fleet-options.ts';
import { interrupted } from './interrupted.ts';
import { namedRates } from './named-rates.ts';

type Name = (typeof sinkFaults)[number]['name'];

interface Flags {
  port: number;
  faults: Map<Name, number>;
  seed: string;
}

const names = sinkFaults.map((one) => one.name);

/** `usewire-sim receiver` */
export function receiverCommand(): Command {
  return new Command('receiver')
    .description(
      "a far end for the gateway's HTTP sink that answers badly by seed, until Ctrl-C; prints each batch that it takes",
    )
    .option('--port <n>', 'where it listens, on 127.0.0.1', positive('--port'), 8088)
    .option(
      '--faults <list>',
      'NAME=SHARE of the requests, such as http429=0.1,rejectPart=0.2 (`usewire-sim faults`)',
      namedRates(names, 1),
      new Map<Name, number>(),
    )
    .option('--seed <text>', 'the same seed answers the same requests badly', '1')
    .action(async ({ port, faults, seed }: Flags) => {
      const shares = sinkFaults.map((fault) => ({ fault, share: faults.get(fault.name) ?? 0 }));
      if (shares.reduce((sum, one) => sum + one.share, 0) > 1)
        throw new UsageError('--faults: the shares are more than 1 together');
      const onTaken = (batch: object): void => void process.stdout.write(`${JSON.stringify(batch)}\n`);
      const receiver = await startFaultyReceiver({ port, seed, own: shares, onTaken });
      process.stderr.write(`the HTTP sink's url is ${receiver.url}; seed ${seed}; Ctrl-C ends\n`);
      await interrupted();
      receiver.close();
      process.stderr.write(`${JSON.stringify(receiver.counts)}\n`);
    });
}
