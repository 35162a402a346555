import { Command } from 'commander';
import { runDays } from './fleet-day.ts';
import { runLive } from './fleet-live.ts';
import { catchUp, type FleetFlags, faultRates, midnightOf, mode, positive } from './fleet-options.ts';
import { interrupted } from './interrupted.ts';

/** `usewire-sim fleet` */
export function fleetCommand(): Command {
  return new Command('fleet')
    .description(
      'a fleet of simulated devices that run the real device SDK over MQTT; their people consent to every purpose',
    )
    .requiredOption('--gateway <url>', "the gateway's broker, such as mqtt://127.0.0.1:1883")
    .option('--devices <n>', 'how many', positive('--devices'), 12)
    .option('--products <names>', 'products, taken in turn', list, ['bed', 'car', 'wearable', 'appliance'])
    .option('--seed <text>', 'same seed, same bytes', '1')
    .option(
      '--mode <mode>',
      'live: real time until Ctrl-C; day: days in virtual time, then drains',
      mode,
      'live',
    )
    .option('--days <n>', 'day: how many', positive('--days'), 1)
    .option(
      '--until <date>',
      'day: the last day ends at midnight UTC of this date; left out: today',
      midnightOf,
    )
    .option('--tenant <id>', 'whose devices they are', 'home')
    .option('--token <text>', 'token of all devices')
    .option('--token-file <file>', 'lines of TENANT.DEVICE TOKEN')
    .option(
      '--faults <list>',
      'day: KIND=TIMES per device and day, such as lostAck=2,reboot=0.5 (`usewire-sim faults`)',
      faultRates,
      {},
    )
    .option('--state <dir>', 'live: keeps outboxes, boot counters and lives here, for the next start')
    .option(
      '--catch-up <time>',
      'live: what a device lives through first, since its last end in --state or since this long ago; 0: nothing (default: 24h with --state, else 0)',
      catchUp,
    )
    .option(
      '--truth <file>',
      'writes what truly happened, for `usewire-sim verdict`; live: goes on with a file that is there',
    )
    .option('--json', 'nothing but the result goes to stdout', false)
    .action(async (flags: FleetFlags) => {
      await run(flags);
    });
}

function list(text: string): string[] {
  return text.split(',').filter((one) => one !== '');
}

async function run(flags: FleetFlags): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const quiet = (): void => undefined;
  const result =
    flags.mode === 'day'
      ? await runDays(flags, flags.json ? quiet : say)
      : await runLive(flags, interrupted(), flags.json ? quiet : say);
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
