import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { replayOptions } = await import('./lib/replay-options.mjs');
  const options = replayOptions(process.argv.slice(2));
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureInstalled();
  await ensureBuilt();
  const { replay } = await import('./lib/replay.mjs');
  return replay(options);
});
