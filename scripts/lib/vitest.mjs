import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/** Runs vitest with the given arguments under `node`; resolves with its exit code. */
export function vitest(args, { node = process.execPath } = {}) {
  const bin = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'lib', 'closing-lines.mjs')}`];
  const child = spawn(node, [bin, 'run', ...reporters, ...args], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
