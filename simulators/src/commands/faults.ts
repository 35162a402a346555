import { Command } from 'commander';
import { deviceFaults } from '../faults/device/index.ts';
import { networkFaults } from '../faults/network/index.ts';
import { sinkFaults } from '../faults/sink/index.ts';

/** `usewire-sim faults` */
export function faultsCommand(): Command {
  return new Command('faults')
    .description('lists everything that can go wrong: with a device, on its way, at a receiver')
    .action(() => {
      const devices = deviceFaults.map(({ kind, rate, about }) => [kind, `${about} (${rate})`] as const);
      const others = (list: readonly { name: string; about: string }[]) =>
        list.map(({ name, about }) => [name, about] as const);
      section('of devices: usewire-sim fleet --mode day --faults KIND=RATE,...', devices);
      section('of the network: usewire-sim network --faults NAME=TIMES,...', others(networkFaults));
      section('of a receiver: usewire-sim receiver --faults NAME=SHARE,...', others(sinkFaults));
    });
}

function section(title: string, faults: readonly (readonly [string, string])[]): void {
  process.stdout.write(`${title}\n`);
  for (const [name, about] of faults) process.stdout.write(`  ${name.padEnd(12)} ${about}\n`);
}
