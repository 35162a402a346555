import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

const source = join(import.meta.dirname, 'receiver');
const cache = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'otlp-receiver');

/** Why there is no receiver here; null = there is. Where Go is, it is built once, into node_modules/.cache. */
export function whyNoCollector() {
  try {
    const changed = Math.max(...['main.go', 'go.mod'].map((name) => statSync(join(source, name)).mtimeMs));
    if (existsSync(cache) && statSync(cache).mtimeMs >= changed) return null;
    execFileSync('go', ['version'], { stdio: 'pipe' });
  } catch {
    return 'no go here';
  }
  try {
    execFileSync('go', ['build', '-o', cache, '.'], { cwd: source, stdio: 'pipe', timeout: 900_000 });
    return null;
  } catch (error) {
    return `Go could not build it (${String(error.message).split('\n')[0]})`;
  }
}

/** The OpenTelemetry Collector's own OTLP receiver, in a process of its own, which prints what it understood. */
export async function startCollector() {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-otlp-'));
  const [verdict, output] = [join(directory, 'verdict'), join(directory, 'understood')];
  writeFileSync(verdict, 'yes');
  const port = await freePort();
  let child;
  const start = async () => {
    const log = openSync(output, 'a');
    child = spawn(cache, [`127.0.0.1:${port}`, verdict], { stdio: ['ignore', log, 'ignore'] });
    await untilListening('the OTLP receiver', { port, child, answers });
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    understood: () =>
      readFileSync(output, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    says: (word) => writeFileSync(verdict, word),
    start,
    kill,
    signal: (name) => child.kill(name),
    async remove() {
      await kill();
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
