import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { writableDir } from './data-dir.mjs';
import { startSimulator } from './fleet-process.mjs';
import { getJson, startGateway } from './gateway-process.mjs';
import { onInterrupt } from './interrupts.mjs';
import { screen } from './live-table.mjs';
import { Stop, say } from './say.mjs';

const refreshMs = 1000;

/** Gateway and fleet in real time with a live table, until Ctrl-C; then both drain. */
export async function live(options) {
  outliveTerminal();
  const dataDir = writableDir(options.dataDir ?? join(root, '.usewire', 'start'));
  const gateway = await startGateway({ dataDir, mqttPort: options.mqttPort, httpPort: options.httpPort });
  say(
    `Gateway ready: mqtt://127.0.0.1:${gateway.mqttPort}, http://127.0.0.1:${gateway.httpPort} (/metrics, /api/status)`,
  );
  const fleet = startSimulator(fleetArgs(options, gateway, dataDir), { logFile: join(dataDir, 'fleet.log') });
  const ended = await Promise.race([
    showUntilInterrupted(gateway, dataDir),
    gateway.exited.then(
      (code) => `The gateway ended by itself with code ${code}; its log is ${join(dataDir, 'gateway.log')}.`,
    ),
    fleet.exited.then(
      (code) => `The fleet ended by itself with code ${code}; its log is ${join(dataDir, 'fleet.log')}.`,
    ),
  ]);
  return shutDown({ fleet, gateway, dataDir, ended });
}

function fleetArgs(options, gateway, dataDir) {
  const args = ['fleet', '--mode', 'live', '--gateway', `mqtt://127.0.0.1:${gateway.mqttPort}`];
  return [
    ...args,
    '--devices',
    String(options.devices),
    '--seed',
    String(options.seed),
    '--state',
    join(dataDir, 'devices'),
  ];
}

/** Resolves with undefined at the first Ctrl-C (or SIGTERM). */
async function showUntilInterrupted(gateway, dataDir) {
  let over = false;
  let wake = () => {};
  const stop = () => {
    over = true;
    wake();
  };
  // A second Ctrl-C does not wait; what was acknowledged is on disk anyway.
  onInterrupt(stop, () => process.exit(130));
  const view = screen(dataDir);
  while (!over) {
    const [devices, status] = await Promise.all([
      getJson(gateway.httpPort, '/api/devices'),
      getJson(gateway.httpPort, '/api/status'),
    ]).catch(() => [[], undefined]);
    if (status) view.show(devices, status);
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, refreshMs);
    });
  }
  view.end();
}

/**
 * A terminal that is closed takes every write with an error. Gateway and fleet still have to be stopped, and afterwards this process ends as
 * one does whose terminal is gone: Node 20 aborts when it cannot reset it.
 */
function outliveTerminal() {
  let isGone = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      isGone = true;
    });
  }
  process.once('exit', () => {
    if (!isGone || process.platform === 'win32') return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

async function shutDown({ fleet, gateway, dataDir, ended }) {
  if (!ended) say('Stopping: the devices hand over what they have, the gateway drains ...');
  const fleetCode = await fleet.stop();
  const gatewayCode = await gateway.stop();
  if (ended) throw new Stop(ended);
  if (fleetCode !== 0 || gatewayCode !== 0)
    throw new Stop(`Not all ended well: fleet ${fleetCode}, gateway ${gatewayCode}; logs are in ${dataDir}.`);
  say(`Done. The data is in ${join(dataDir, 'gateway')}; start again to continue with it.`);
  return 0;
}
