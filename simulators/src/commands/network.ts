import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import {
  type FaultyNetwork,
  type NetworkFault,
  networkFaults,
  startFaultyNetwork,
} from '../faults/network/index.ts';
import { stream } from '../random/stream.ts';
import { mqttAddress } from './address.ts';
import { positive } from './fleet-options.ts';
import { interrupted } from './interrupted.ts';
import { namedRates } from './named-rates.ts';

type Name = (typeof networkFaults)[number]['name'];

interface Flags {
  gateway: string;
  port: number;
  faults: Map<Name, number>;
  seed: string;
}

const names = networkFaults.map((one) => one.name);

/** `usewire-sim network` */
export function networkCommand(): Command {
  return new Command('network')
    .description('a way to a gateway on which things go wrong: devices connect here instead, until Ctrl-C')
    .requiredOption('--gateway <url>', "the gateway's broker, such as mqtt://127.0.0.1:1883")
    .option('--port <n>', 'where devices connect, on 127.0.0.1', positive('--port'), 1884)
    .option(
      '--faults <list>',
      'NAME=TIMES a minute, such as halfOpen=2,storm=0.5 (`usewire-sim faults`)',
      namedRates(names),
      new Map(names.map((name) => [name, 1])),
    )
    .option('--seed <text>', 'the same seed strikes with the same faults in the same order', '1')
    .action(async (flags: Flags) => {
      const place = mqttAddress('network', flags.gateway);
      const network = await startFaultyNetwork({ gateway: () => place, port: flags.port });
      process.stderr.write(`devices connect to ${network.url}; seed ${flags.seed}; Ctrl-C ends\n`);
      const end = new AbortController();
      await Promise.race([interrupted(), strikeOn(network, flags, end.signal)]);
      end.abort();
      await network.close();
      process.stdout.write(`${JSON.stringify(network.counts)}\n`);
    });
}

/** Faults by seed, one after the other, as often as their rates say. */
async function strikeOn(network: FaultyNetwork, { faults, seed }: Flags, signal: AbortSignal): Promise<void> {
  const random = stream(seed, 'network', 'strikes');
  const perMinute = [...faults.values()].reduce((sum, rate) => sum + rate, 0);
  while (!signal.aborted) {
    const waitMs = perMinute === 0 ? 60_000 : (60_000 / perMinute) * random.between(0.2, 1.8);
    await pause(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted || perMinute === 0) continue;
    const fault = weighted(faults, random.between(0, perMinute));
    const how = fault.draw(random);
    process.stderr.write(
      `${new Date().toISOString()} fault ${JSON.stringify({ name: fault.name, cause: 'seed', ...how })}\n`,
    );
    network.strike(fault, how);
  }
}

function weighted(faults: ReadonlyMap<Name, number>, at: number): NetworkFault {
  let left = at;
  for (const fault of networkFaults) {
    left -= faults.get(fault.name) ?? 0;
    if (left < 0) return fault;
  }
  return networkFaults[0];
}
