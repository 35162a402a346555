import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './bootstrap.mjs';
import { Stop } from './say.mjs';

/**
 * Starts `usewire gateway` and waits for its `gateway.ready` line. Its log goes to `<dataDir>/gateway.log`.
 * @returns {Promise<{mqttPort: number, httpPort: number, exited: Promise<number>, stop(): Promise<number>}>}
 */
export async function startGateway({ dataDir, mqttPort, httpPort, config }) {
  const args = [
    join(root, 'gateway', 'bin', 'usewire.js'),
    'gateway',
    '--data-dir',
    join(dataDir, 'gateway'),
  ];
  args.push('--mqtt-port', String(mqttPort), '--http-port', String(httpPort));
  if (config) args.push('--config', config);
  // Its own process group: Ctrl-C reaches this script alone, which stops the fleet before the gateway.
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const exited = new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  const ready = await firstReadyLine(
    child,
    exited,
    createWriteStream(join(dataDir, 'gateway.log'), { flags: 'a' }),
  );
  const stop = () => {
    child.kill('SIGTERM');
    return exited;
  };
  return { ...ready, exited, stop, pid: child.pid };
}

function firstReadyLine(child, exited, log) {
  return new Promise((resolve, reject) => {
    const plain = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.write(`${line}\n`);
      const entry = parseLine(line);
      if (!entry) plain.push(line);
      if (entry?.event === 'gateway.ready') resolve({ mqttPort: entry.mqttPort, httpPort: entry.httpPort });
    });
    exited.then((code) =>
      reject(new Stop(plain.join('\n') || `The gateway ended with code ${code} before it was ready.`)),
    );
  });
}

function parseLine(line) {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function getJson(port, path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Waits until every sink has delivered all that is in the spool. */
export async function sinksDrained(httpPort, deadlineMs) {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const status = await getJson(httpPort, '/api/status');
    if (status.sinks.every((sink) => sink.pending === 0)) return status;
    if (performance.now() > end)
      throw new Stop(
        `The sinks did not take everything within ${deadlineMs / 1000} s: ${JSON.stringify(status.sinks)}`,
        4,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
