import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say } = await import('./lib/say.mjs');
await run(async () => {
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  const { vitest } = await import('./lib/vitest.mjs');
  await ensureInstalled();
  // The command-line tests run what a user runs: the built bins.
  await ensureBuilt();
  say('Running the tests ...');
  // What needs another server: npm run test:engines.
  return vitest(['--project=!engines', ...process.argv.slice(2)]);
});
