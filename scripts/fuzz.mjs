import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { fuzzOptions } = await import('./lib/fuzz-options.mjs');
  const options = fuzzOptions(process.argv.slice(2));
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  await ensureInstalled();
  const { fuzzAll } = await import('./lib/fuzz.mjs');
  return fuzzAll(options);
});
