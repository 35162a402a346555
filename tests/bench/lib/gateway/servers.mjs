import { fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Ticks of /proc/<pid>/stat; 100 a second on every Linux that Node runs on. */
const TICKS_PER_S = 100;

/** CPU seconds of a process with all its threads, from the kernel; null where there is no /proc. */
export function cpuSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return null;
  }
}

function ask(child, message) {
  return new Promise((resolve, reject) => {
    const onMessage = (answer) => {
      child.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (code) => reject(new Error(`a benchmark server ended with code ${code}`));
    child.once('message', onMessage);
    child.once('exit', onExit);
    child.send(message);
  });
}

function stopped(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    else child.once('exit', resolve);
  });
}

export async function gatewayServer({ directory = mkdtempSync(join(tmpdir(), 'usewire-bench-')), ...fleet }) {
  const child = fork(here('./serve-gateway.mjs'));
  const { port } = await ask(child, { directory, ...fleet });
  return {
    name: 'gateway',
    pid: child.pid,
    port,
    counters: async () => (await ask(child, 'counters')).counters,
    stop: async () => {
      child.send('stop');
      await stopped(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function aedesServer() {
  const child = fork(here('./serve-aedes.mjs'));
  const { port } = await ask(child, {});
  const stop = async () => {
    child.send('stop');
    await stopped(child);
  };
  return { name: 'bare aedes', pid: child.pid, port, stop };
}

function mosquittoPath() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'mosquitto')).find((path) => existsSync(path)) ?? null;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function reachable(port, deadlineMs = 5_000) {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    const open = await new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => resolve(true) || socket.destroy());
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mosquitto did not start');
}

/** Mosquitto acknowledging from memory; null where it is not installed. */
export async function mosquittoServer() {
  const path = mosquittoPath();
  if (path === null) return null;
  const directory = mkdtempSync(join(tmpdir(), 'usewire-bench-'));
  const port = await freePort();
  const file = join(directory, 'mosquitto.conf');
  const lines = [
    'allow_anonymous true',
    'persistence false',
    'max_inflight_messages 0',
    'set_tcp_nodelay true',
  ];
  writeFileSync(file, [`listener ${port} 127.0.0.1`, ...lines, 'log_type error', ''].join('\n'));
  const child = spawn(path, ['-c', file], { stdio: 'ignore' });
  await reachable(port);
  const stop = async () => {
    child.kill();
    await stopped(child);
    rmSync(directory, { recursive: true, force: true });
  };
  return { name: 'mosquitto', pid: child.pid, port, stop };
}

/** The load generator: `run(server, order)` gives its result plus the server's CPU time in the measured window. */
export function loadGenerator() {
  const child = fork(here('./load.mjs'));
  function run(server, order) {
    return new Promise((resolve, reject) => {
      const marks = {};
      const onMessage = (message) => {
        if (message.mark) {
          marks[message.mark] = {
            acked: message.acked,
            cpuS: cpuSeconds(server.pid),
            atMs: performance.now(),
          };
          return;
        }
        child.off('message', onMessage);
        if (message.error) reject(new Error(`load on ${server.name}: ${message.error}`));
        else resolve(summary(message.result, marks));
      };
      child.on('message', onMessage);
      child.send({ ...order, port: server.port });
    });
  }
  return { run, stop: () => child.kill() };
}

function summary(result, { start, end }) {
  const messages = end.acked - start.acked;
  const seconds = (end.atMs - start.atMs) / 1000;
  const cpuS = end.cpuS === null ? null : end.cpuS - start.cpuS;
  return {
    ...result,
    messages,
    perSecond: messages / seconds,
    perCpuSecond: cpuS ? messages / cpuS : null,
    cpuS,
  };
}
