import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { startOptions } = await import('./lib/start-options.mjs');
  const options = startOptions(process.argv.slice(2));
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureInstalled();
  await ensureBuilt();
  const { live } = await import('./lib/live.mjs');
  const { once } = await import('./lib/once.mjs');
  return options.once ? once(options) : live(options);
});
