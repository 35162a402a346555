import { spawn } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

/** Debian keeps it in /usr/sbin, which is not on every PATH. */
export function findHaproxy() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'haproxy')).find(isThere) ?? null;
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A TCP load balancer in front of servers on this machine. */
export async function startHaproxy(bin, ports) {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-haproxy-'));
  const port = await freePort();
  const config = join(directory, 'haproxy.cfg');
  writeFileSync(config, configuration(port, ports));
  const child = spawn(bin, ['-db', '-f', config], { stdio: 'ignore' });
  await untilListening('haproxy', { port, child, answers });
  return {
    port,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** As docs/deployment.md has it, on other ports. */
function configuration(port, ports) {
  const servers = ports.map((each, i) => `  server gateway-${i + 1} 127.0.0.1:${each}`);
  return `global
  maxconn 8000
defaults
  mode tcp
  timeout connect 2s
  # Longer than one and a half keep-alives of any device: the gateway finds dead connections.
  timeout client 1h
  timeout server 1h
  retries 3
  option redispatch
frontend devices
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance leastconn
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers.join('\n')}
`;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket.destroy() && true));
    socket.once('error', () => resolve(false));
  });
}
