import { spawn } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

/** Debian keeps it in /usr/sbin, which is not on every PATH. */
export function findNats() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin'];
  return folders.map((folder) => join(folder, 'nats-server')).find(isThere) ?? null;
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A real server of its own with JetStream in a temporary folder; `flags` as nats-server takes them. */
export async function startNats(bin, flags = []) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-nats-'));
  const port = await freePort();
  let child;
  const start = async () => {
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory, ...flags];
    child = spawn(bin, args, { stdio: 'ignore' });
    await untilListening('nats-server', { port, child, answers });
  };
  await start();
  const stop = async (signal) => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null || !child.kill(signal)) return;
    await ended;
  };
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    kill: () => stop('SIGKILL'),
    /** Holds still, with its connections open, until `SIGCONT`. */
    signal: (name) => child.kill(name),
    async remove() {
      child.kill('SIGCONT');
      await stop('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    // The server speaks first.
    socket.once('data', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
