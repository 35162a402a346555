import { Command } from 'commander';
import { version } from '../version.ts';
import { auditCommands } from './audit-commands.ts';
import { consentCommands } from './consent-commands.ts';
import { decodeCommand } from './decode-command.ts';
import { deviceCommands } from './device-commands.ts';
import { devicesCommand } from './devices-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { eraseCommands } from './erase-commands.ts';
import { CommandEnd, Exit } from './exit.ts';
import { explainCommand } from './explain-command.ts';
import { exportCommand } from './export-command.ts';
import { gatewayCommand } from './gateway-command.ts';
import { modelCommands } from './model-commands.ts';
import { portsCommand } from './ports-command.ts';
import { quarantineCommands } from './quarantine-commands.ts';
import { relayCommand } from './relay-command.ts';
import { reloadCommand } from './reload-command.ts';
import { retentionCommand } from './retention-command.ts';
import { sinkCommands } from './sink-commands.ts';
import { statusCommand } from './status-command.ts';
import { tailCommand } from './tail-command.ts';
import { tokenCommands } from './token-commands.ts';
import { validateCommand } from './validate-command.ts';

/** Runs one command line; sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // `usewire tail | head` ends when nobody reads any more.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(Exit.ok);
    throw error;
  });
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommandEnd)) throw error;
    if (error.message) process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

function program(): Command {
  const root = new Command('usewire')
    .description('Points of Usage: the gateway and its tools')
    .version(version)
    .showHelpAfterError('(usewire --help lists the commands)')
    .configureOutput({ outputError: (text, write) => write(text) })
    .exitOverride((end) => {
      throw new CommandEnd(end.exitCode === 0 ? Exit.ok : Exit.usage, '');
    });
  runCommands(root);
  deviceCommands(root);
  quarantineCommands(root);
  eraseCommands(root);
  consentCommands(root);
  auditCommands(root);
  rightsCommands(root);
  sinkCommands(root);
  tokenCommands(root);
  serialCommands(root);
  lookCommands(root);
  return root;
}

function runCommands(root: Command): void {
  root
    .command('gateway')
    .description('take messages of devices, store them, forward them; until SIGTERM or Ctrl-C')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'where everything is kept')
    .option('--mqtt-port <n>', 'port for devices; 0 = any free one')
    .option('--http-port <n>', 'port of health, metrics and API; 0 = any free one')
    .action(gatewayCommand);
  root
    .command('reload')
    .option('--url <url>', 'admin address of the running gateway (default: the one of the configuration)')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--json', 'as JSON')
    .description('have a running gateway read its configuration again; exit code 0, or 78 when it is wrong')
    .action(reloadCommand);
  root
    .command('validate')
    .argument('[file]', 'configuration (default: usewire.yaml)')
    .description('check a configuration and the models it names; exit code 0 or 78')
    .action(validateCommand);
  root
    .command('doctor')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description(
      'say what is wrong with configuration, disk, clock, stores and sinks, and what to do; exit code 0, 1 or 78',
    )
    .action(doctorCommand);
}

function rightsCommands(root: Command): void {
  root
    .command('export')
    .option('--device <name>', 'tenant.device')
    .option(
      '--subject <name>',
      'only this person: a name of the model, or the number of a slot; default everybody',
    )
    .option('--from <time>', 'only from then on, as 2026-11-28 or 2026-11-28T08:00:00Z')
    .option('--to <time>', 'only until then')
    .option('--format <name>', 'jsonl, csv or parquet', 'jsonl')
    .option('--out <folder>', 'a new folder for the files')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description('what is held of a person, one file a point, with the data sheet of the model beside it')
    .action(exportCommand);
}

function serialCommands(root: Command): void {
  root
    .command('ports')
    .option('--json', 'as JSON')
    .description('list the serial ports of this machine')
    .action(portsCommand);
  root
    .command('relay')
    .requiredOption('--port <path>', 'serial port of the device')
    .requiredOption('--to <url>', 'the gateway, such as mqtts://gateway.example.com:8883')
    .requiredOption('--tenant <name>', 'tenant of the device')
    .requiredOption('--device <name>', 'the device')
    .option('--token-file <file>', "file with the device's token")
    .option('--baud-rate <n>', 'speed of the port', '115200')
    .option('--mode <mode>', 'framed, or line where the port is a console as well', 'framed')
    .option('--flow-control <how>', 'none or hardware (RTS and CTS)', 'none')
    .option('--ca <file>', 'certificate of the CA of the gateway, PEM')
    .option('--cert <file>', 'certificate of the device, PEM')
    .option('--key <file>', 'its key, PEM')
    .description('relay the device of a serial port to a gateway elsewhere; until SIGTERM or Ctrl-C')
    .action(relayCommand);
}

function lookCommands(root: Command): void {
  root
    .command('decode')
    .argument('<hex>', 'a message as hex digits, or - to read them from stdin')
    .option('--model <file>', 'the product model: shows records in its words')
    .description('say what a message says, or where and why it is malformed')
    .action(decodeCommand);
  modelCommands(root);
  const url = ['--url <url>', 'admin address of a running gateway', 'http://127.0.0.1:18080'] as const;
  root
    .command('tail')
    .option(...url)
    .option('--data-dir <folder>', 'read the store of this folder instead')
    .option('--device <name>', 'only this device, or tenant.device')
    .option('--point <name>', 'only this point')
    .option('--from <position>', 'begin after this position instead of at the end')
    .option('--json', 'one JSON object a record')
    .option('--once', 'end when nothing is left to show')
    .description('show records as they arrive')
    .action(tailCommand);
  root
    .command('explain')
    .argument('<device>', 'a device, as tenant.device where the name alone is not clear')
    .argument('[seq]', 'a sequence number; without it, how the device is doing')
    .option('--tenant <name>', 'the tenant of the device')
    .option('--boot <name>', 'the boot of the number (default: the newest)')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description('say where a message is: received, stored, delivered, refused or missing')
    .action(explainCommand);
  root
    .command('status')
    .option('--url <url>', 'admin address of the running gateway (default: the one of the configuration)')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--json', 'as JSON')
    .description('where every message is that came in, and how far each sink is')
    .action(statusCommand);
  root
    .command('retention')
    .option('--config <file>', 'configuration (default: usewire.yaml when it is there)')
    .option('--data-dir <folder>', 'data folder of the gateway')
    .option('--json', 'as JSON')
    .description('how long records of each point are held, and who sees to it')
    .action(retentionCommand);
  root
    .command('devices')
    .option(...url)
    .option('--json', 'as JSON')
    .description('list devices with records, last sign of life and what is missing')
    .action(devicesCommand);
}
