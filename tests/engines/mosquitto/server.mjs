import { spawn, spawnSync } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

/** Debian keeps it in /usr/sbin, which is not on every PATH. Version 1 has no shared subscriptions of MQTT 5. */
export function findMosquitto() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const bin = folders.map((folder) => join(folder, 'mosquitto')).find(isThere);
  if (bin === undefined) return null;
  return /version 2\./.test(spawnSync(bin, ['-h'], { encoding: 'utf8' }).stdout) ? bin : null;
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A real broker of its own, with persistence in a temporary folder; `lines` of mosquitto.conf are added to its listener. */
export async function startMosquitto(bin, lines = ['allow_anonymous true']) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-mosquitto-'));
  const port = await freePort();
  const config = join(directory, 'mosquitto.conf');
  // As docs/ingress.md asks for it: nothing is thrown away while a gateway is away.
  const general = [
    'persistence true',
    `persistence_location ${directory}/`,
    'max_queued_messages 0',
    'log_type error',
  ];
  // Started by root it would become a user who may not write there.
  if (process.getuid?.() === 0) general.push('user root');
  writeFileSync(config, [...general, `listener ${port} 127.0.0.1`, ...lines, ''].join('\n'));
  let child;
  const start = async () => {
    child = spawn(bin, ['-c', config], { stdio: 'ignore' });
    await untilListening('mosquitto', { port, child, answers });
  };
  const stop = async (signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    start,
    stop,
    signal: (name) => child.kill(name),
    async remove() {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}
