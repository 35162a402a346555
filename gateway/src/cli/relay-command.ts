import { readFileSync } from 'node:fs';
import { isId } from '@usewire/protocol/wire';
import { createLogger } from '../observability/logger.ts';
import { createRelay } from '../relay/relay.ts';
import { CommandEnd, Exit } from './exit.ts';

export interface RelayFlags {
  port: string;
  to: string;
  tenant: string;
  device: string;
  tokenFile?: string;
  baudRate: string;
  mode: string;
  flowControl: string;
  ca?: string;
  cert?: string;
  key?: string;
}

/** Runs until SIGTERM or SIGINT. What it had is with the device, so there is nothing to drain. */
export async function relayCommand(flags: RelayFlags): Promise<void> {
  const baudRate = Number(flags.baudRate);
  check(isId(flags.tenant) && isId(flags.device), '--tenant and --device are 1 to 32 of A-Z a-z 0-9 _ -');
  check(
    Number.isInteger(baudRate) && baudRate >= 50 && baudRate <= 12_000_000,
    '--baud-rate is 50 to 12000000',
  );
  check(flags.mode === 'framed' || flags.mode === 'line', '--mode is framed or line');
  check(
    flags.flowControl === 'none' || flags.flowControl === 'hardware',
    '--flow-control is none or hardware',
  );
  check(/^mqtts?:\/\/./.test(flags.to), '--to is an address such as mqtts://gateway.example.com:8883');
  const { port: path, tenant, device } = flags;
  const token =
    flags.tokenFile === undefined ? {} : { token: read(flags.tokenFile, '--token-file').toString().trim() };
  const { mode, flowControl } = flags as { mode: 'framed' | 'line'; flowControl: 'none' | 'hardware' };
  const port = { path, tenant, device, baudRate, mode, flowControl, ...token };
  const relay = createRelay(
    { gateway: flags.to, ports: [port], tls: pemFiles(flags) },
    { log: createLogger('info') },
  );
  const asked = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve());
    process.once('SIGINT', () => resolve());
  });
  relay.start();
  await asked;
  await relay.stop();
}

function check(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new CommandEnd(Exit.usage, `${sentence}.`);
}

function pemFiles(flags: RelayFlags): { ca?: Uint8Array; cert?: Uint8Array; key?: Uint8Array } {
  const named = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = flags[name];
    return path === undefined ? [] : [[name, read(path, `--${name}`)] as const];
  });
  return Object.fromEntries(named);
}

function read(path: string, flag: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandEnd(
      Exit.config,
      `${flag}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}
