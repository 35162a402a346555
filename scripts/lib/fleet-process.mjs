import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const bin = join(root, 'simulators', 'bin', 'usewire-sim.js');

/** A fleet drains for 8 s; one that does not end is ended. */
const patienceMs = 20_000;

/** Starts `usewire-sim` with the given arguments; its messages go to `logFile` (or to this terminal). */
export function startSimulator(args, { logFile } = {}) {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', logFile ? 'pipe' : 'inherit'],
    detached: process.platform !== 'win32',
  });
  if (logFile) child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  let isStopping = false;
  const exited = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      // Ended by the signal itself: it had not begun yet, so there was nothing to hand over.
      resolve(code ?? (isStopping && signal === 'SIGTERM' ? 0 : 1));
    }),
  );
  const stop = async () => {
    isStopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    const code = await exited;
    clearTimeout(timer);
    return code;
  };
  return { exited, stop, lastLine: () => output.trim().split('\n').at(-1) ?? '' };
}
