import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { isId } from '@usewire/protocol/wire';
import { Command } from 'commander';
import {
  differences,
  type Misbehaviour,
  misbehaviours,
  misbehaviourTable,
  playMisbehaviour,
} from '../misbehaviours/index.ts';
import { EXIT } from '../verdict/report.ts';
import { UsageError } from '../world/fleet.ts';
import { mqttAddress } from './address.ts';
import { CouldNotRun } from './exit.ts';

interface Flags {
  gateway?: string;
  only?: string[];
  list: boolean;
  table: boolean;
  tenant: string;
  device: string;
  token?: string;
}

/** `usewire-sim misbehave` */
export function misbehaveCommand(): Command {
  return new Command('misbehave')
    .description('sends a gateway what no device should, and compares its answers with the documented ones')
    .option('--gateway <url>', "the gateway's broker, such as mqtt://127.0.0.1:1883")
    .option('--only <id...>', 'cases or families (mqtt, cbor, meaning), separated by blanks')
    .option('--list', 'prints the cases', false)
    .option('--table', 'prints docs/misbehaviours.md', false)
    .option('--tenant <id>', 'whose device it is', 'home')
    .option('--device <id>', 'the device that misbehaves', 'misbehaving')
    .option('--token <text>', 'its token')
    .action(async (flags: Flags) => {
      await run(flags);
    });
}

async function run(flags: Flags): Promise<void> {
  const cases = chosen(flags.only);
  if (flags.table) process.stdout.write(misbehaviourTable(misbehaviours));
  else if (flags.list) for (const { id, title } of cases) process.stdout.write(`${id.padEnd(28)} ${title}\n`);
  else process.exitCode = await playAll(cases, flags);
}

function chosen(only: readonly string[] | undefined): readonly Misbehaviour[] {
  if (only === undefined) return misbehaviours;
  for (const word of only) {
    if (!misbehaviours.some((one) => one.id === word || one.family === word))
      throw new UsageError(`there is no case '${word}': \`usewire-sim misbehave --list\` shows them`);
  }
  return misbehaviours.filter((one) => only.includes(one.id) || only.includes(one.family));
}

/** Every case would look like a silent gateway if there were none. */
async function reach({ host, port }: { host: string; port: number }): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new CouldNotRun(`no gateway answers at ${host}:${port}: ${(error as Error).message}`);
  } finally {
    socket.destroy();
  }
}

async function playAll(cases: readonly Misbehaviour[], flags: Flags): Promise<number> {
  const address = mqttAddress('misbehave', flags.gateway);
  const { tenant, device, token } = flags;
  if (!isId(tenant) || !isId(device)) throw new UsageError('tenant and device are letters, digits, _ and -');
  await reach(address);
  let wrong = 0;
  for (const one of cases) {
    const culprit = { tenant, device, boot: randomBytes(8), victim: { tenant, device: 'another' } };
    const seen = await playMisbehaviour(one, {
      ...address,
      culprit: token === undefined ? culprit : { ...culprit, token },
    });
    const found = differences(one.answer, seen);
    if (found.length > 0) wrong += 1;
    process.stdout.write(`${found.length === 0 ? 'ok    ' : 'WRONG '} ${one.id.padEnd(28)} ${one.title}\n`);
    for (const line of found) process.stdout.write(`         ${line}\n`);
  }
  process.stdout.write(`${cases.length - wrong} of ${cases.length} answered as documented\n`);
  return wrong === 0 ? EXIT.passed : EXIT.checksFailed;
}
