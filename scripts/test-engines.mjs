import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say } = await import('./lib/say.mjs');
await run(async () => {
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  const { vitest } = await import('./lib/vitest.mjs');
  await ensureInstalled();
  await ensureBuilt();
  // One file at a time: each starts a server of its own.
  say('Running the tests against real servers; a server that is not installed is skipped, by name ...');
  return vitest(['--project', 'engines', '--no-file-parallelism', ...process.argv.slice(2)]);
});
