import { execFileSync, spawn } from 'node:child_process';
import { accessSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, untilListening } from '../until-listening.mjs';

const VERSION = '1.8.0';
const cache = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', `versitygw-${VERSION}`);

export const accessKeyId = 'usewire';
export const secretAccessKey = 'usewire-test-secret';

function findGateway() {
  const folders = [...(process.env.PATH ?? '').split(delimiter), cache];
  return folders.map((folder) => join(folder, 'versitygw')).find(isThere) ?? null;
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Why there is no Versity S3 Gateway here; null = there is. Where Go is, it is built once, into node_modules/.cache. */
export function whyNoS3() {
  if (findGateway() !== null) return null;
  try {
    execFileSync('go', ['version'], { stdio: 'pipe' });
  } catch {
    return 'no versitygw and no go here';
  }
  try {
    const module = `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`;
    execFileSync('go', ['install', module], {
      stdio: 'pipe',
      timeout: 900_000,
      env: { ...process.env, GOBIN: cache },
    });
    return null;
  } catch (error) {
    return `Go could not build it (${String(error.message).split('\n')[0]})`;
  }
}

/** A real server of its own, with one bucket. It keeps objects as files, and checks signatures as Amazon's does. */
export async function startS3() {
  const directory = mkdtempSync(join(tmpdir(), 'usewire-s3-'));
  const [root, meta] = [join(directory, 'root'), join(directory, 'meta')];
  for (const folder of [root, meta, join(root, 'usage')]) mkdirSync(folder);
  const port = await freePort();
  let child;
  const start = async () => {
    const keys = ['--access', accessKeyId, '--secret', secretAccessKey];
    // Beside the files: not every disk has extended attributes.
    const posix = ['posix', '--sidecar', meta, root];
    child = spawn(findGateway(), ['--port', `127.0.0.1:${port}`, '--quiet', ...keys, ...posix], {
      stdio: 'ignore',
    });
    await untilListening('versitygw', { port, child, answers });
  };
  await start();
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    root,
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
