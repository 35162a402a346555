import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run } = await import('./lib/say.mjs');
await run(async () => {
  const { chaosOptions } = await import('./lib/chaos/options.mjs');
  const options = chaosOptions(process.argv.slice(2));
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureInstalled();
  await ensureBuilt();
  if (options.plan) {
    const { planRun } = await import('./lib/chaos/plan.mjs');
    process.stdout.write(
      `${planRun(options)
        .map((step) => JSON.stringify(step))
        .join('\n')}\n`,
    );
    return 0;
  }
  const { chaos } = await import('./lib/chaos/run.mjs');
  return chaos(options);
});
