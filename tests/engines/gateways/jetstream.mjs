import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

const NODES = [0, 1, 2];

/** Three nodes of JetStream in temporary folders. */
export async function startJetStream(bin) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-jetstream-'));
  const ports = [];
  const routes = [];
  for (const _ of NODES) {
    ports.push(await freePort());
    routes.push(await freePort());
  }
  const children = [];
  const start = async (node) => {
    const others = routes.filter((_, i) => i !== node).map((port) => `nats://127.0.0.1:${port}`);
    const args = ['-a', '127.0.0.1', '-p', String(ports[node]), '-js', '-sd', join(directory, String(node))];
    const cluster = [
      '--name',
      `node-${node}`,
      '--cluster_name',
      'usewire',
      '--cluster',
      `nats://127.0.0.1:${routes[node]}`,
    ];
    const child = spawn(bin, [...args, ...cluster, '--routes', others.join(',')], { stdio: 'ignore' });
    children[node] = child;
    await untilListening('nats-server', { port: ports[node], child, answers });
  };
  const kill = async (node) => {
    const child = children[node];
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await Promise.all(NODES.map(start));
  return {
    urls: ports.map((port) => `nats://127.0.0.1:${port}`),
    start,
    kill,
    async remove() {
      await Promise.all(NODES.map(kill));
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
