import { spawn } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

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
    await listening(port, child);
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

/** Until somebody answers; a server that ends instead is an error. */
async function listening(port, child) {
  const end = performance.now() + 20_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`);
    if (performance.now() > end) throw new Error('nats-server does not answer within 20 s');
    await setImmediate();
  }
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

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
