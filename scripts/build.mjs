import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { buildTypes, ensureBuilt } = await import('./lib/build.mjs');
  await ensureInstalled();
  await ensureBuilt();
  if (process.argv.includes('--types')) await buildTypes();
  const { writeSboms } = await import('./lib/sbom/write.mjs');
  writeSboms();
});
