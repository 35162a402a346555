import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { writableDir } from './data-dir.mjs';
import { sinksDrained, startGateway } from './gateway-process.mjs';
import { say } from './say.mjs';

/** Recordings are years old, so their devices' clocks must be believed from 2000 on. */
const config = `# Made by npm run replay.
time:
  earliestPlausible: 2000-01-01
sinks:
  - name: usage
    type: sqlite
  - name: jsonl
    type: jsonl
`;

/** Exit codes of `usewire-sim`: wrong usage, could not run. */
const nothingPlayed = [2, 3];

const interrupted = 130;

/** A gateway of its own, the recordings through it, and where they are now. */
export async function replay(options) {
  const dataDir = writableDir(options.dataDir);
  const configFile = join(dataDir, 'usewire.yaml');
  writeFileSync(configFile, config);
  const gateway = await startGateway({ dataDir, mqttPort: 0, httpPort: 0, config: configFile });
  say(`Gateway ready: mqtt://127.0.0.1:${gateway.mqttPort}, http://127.0.0.1:${gateway.httpPort}`);
  try {
    const code = await play(options, gateway);
    if (nothingPlayed.includes(code)) return code;
    await sinksDrained(gateway.httpPort, 120_000);
    say(`The data is in ${join(dataDir, 'gateway')}: usage.db (SQLite) and jsonl.`);
    return code;
  } finally {
    await gateway.stop();
  }
}

/** In this terminal, so that progress and table are the command's own. */
function play(options, gateway) {
  const args = [join(root, 'simulators', 'bin', 'usewire-sim.js'), 'replay', ...options.arguments];
  args.push('--gateway', `mqtt://127.0.0.1:${gateway.mqttPort}`);
  args.push('--http', `http://127.0.0.1:${gateway.httpPort}`);
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; the gateway, a group of its own, is stopped after it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? interrupted));
  });
}
