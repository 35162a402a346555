import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say, Stop } = await import('./lib/say.mjs');
/** Proves the newer Node line too: the same tests under the `node` package of npm, next to the Node that runs this. */
await run(async () => {
  const { join } = await import('node:path');
  const { mkdirSync } = await import('node:fs');
  const { ensureInstalled, execute, root } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  const { vitest } = await import('./lib/vitest.mjs');
  await ensureInstalled();
  await ensureBuilt();
  const dir = join(root, 'node_modules', '.cache', 'node-24');
  mkdirSync(dir, { recursive: true });
  const { code, output } = await execute('npm', [
    'install',
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--prefix',
    dir,
    'node@24',
  ]);
  if (code !== 0) throw new Stop(`Node 24 could not be installed:\n${output}`, 3);
  const node = join(dir, 'node_modules', 'node', 'bin', 'node');
  say('Running unit, contract and end-to-end tests on Node 24 ...');
  return vitest(['--project', 'unit', '--project', 'contract', '--project', 'e2e'], { node });
});
