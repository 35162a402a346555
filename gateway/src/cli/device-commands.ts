import type { Command } from 'commander';
import { deviceAdd, deviceClaimToken, deviceRevoke, deviceRotate } from './device-change.ts';
import { deviceRotateSealKey, deviceSeal, deviceUnseal } from './device-seal.ts';
import { deviceList, deviceShow } from './device-show.ts';

/** `usewire device …`: who may come in. */
export function deviceCommands(root: Command): void {
  const device = root
    .command('device')
    .description('let devices in and keep them out (auth.mode "registry")');
  const named = (name: string, description: string) =>
    flagged(device.command(name).argument('<tenant>').argument('<device>').description(description));
  named('add', 'register a device; prints its token, once')
    .option('--again', 'a device that was revoked is let in again, with a new token')
    .action(deviceAdd);
  named('rotate', 'give a device a new token; prints it, once')
    .option('--grace <span>', 'how long the token before stays good while the new one is not used', '1d')
    .action(deviceRotate);
  named('revoke', 'keep a device out; its connection is closed within a second').action(deviceRevoke);
  named('seal', 'give a device its seal key; prints it, once. Frames that are not sealed are refused then')
    .requiredOption('--level <level>', 's1 = MAC, s2 = encrypted, s3 = signed')
    .option('--public-key <file>', 's3: PEM of a key pair that the device has made itself')
    .action(deviceSeal);
  named('rotate-seal-key', 'give a device a new seal key; prints it, once')
    .option('--grace <span>', 'how long the key before is taken, too', '7d')
    .option('--level <level>', 'seal otherwise from now on: s1, s2 or s3')
    .option('--public-key <file>', 's3: PEM of a key pair that the device has made itself')
    .action(deviceRotateSealKey);
  named('unseal', 'take the seal keys of a device away').action(deviceUnseal);
  named('show', 'one device: its history, and what is missing of it')
    .option('--url <url>', 'admin address of the gateway (default: the one of the configuration)')
    .action(deviceShow);
  flagged(device.command('list'))
    .option('--tenant <name>', 'only this tenant')
    .description('list registered devices')
    .action(deviceList);
  flagged(device.command('claim-token').argument('<tenant>'))
    .option('--ttl <span>', 'how long it may be used', '1h')
    .option('--device <name>', 'only this device may use it')
    .description('a token with which one new device registers itself, once; prints it')
    .action(deviceClaimToken);
}

function flagged(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON');
}
