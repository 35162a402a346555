import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * A process whose lines can be read and whose end is known. `onLine` gets JSON lines of the stream named by `lines`; `listens`: it
 * takes messages.
 * @param {{args: string[], env?: object, listens?: boolean, log: string, lines: 'stdout' | 'stderr', onLine(line: object): void}} options
 */
export function launch({ args, env = {}, listens = false, log, lines, onLine }) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', ...(listens ? ['ipc'] : [])],
    env: { ...process.env, ...env },
    // Its own group: Ctrl-C reaches this script alone, which ends its processes itself.
    detached: process.platform !== 'win32',
  });
  const file = createWriteStream(log, { flags: 'a' });
  for (const name of ['stdout', 'stderr']) {
    createInterface({ input: child[name] }).on('line', (line) => {
      file.write(`${line}\n`);
      if (name === lines) told(line, onLine);
    });
  }
  const exited = new Promise((resolve) =>
    child.on('close', (code, signal) => {
      file.end();
      resolve({ code, signal });
    }),
  );
  return {
    exited,
    kill: (signal) => child.kill(signal),
    // One that was killed in this very moment has no ears left.
    tell: (message) => child.connected && child.send(message, () => {}),
  };
}

function told(line, onLine) {
  if (!line.startsWith('{')) return;
  try {
    onLine(JSON.parse(line));
  } catch (error) {
    // A line torn by a kill is no line.
    if (!(error instanceof SyntaxError)) throw error;
  }
}
