import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say, Stop } = await import('./lib/say.mjs');
/** Part of the benchmark -> its module in tests/bench; each exports `run({json, quick})` and returns its figures. */
const parts = {
  bytes: 'bytes.mjs',
  codec: 'codec.mjs',
  sdk: 'sdk.mjs',
  gateway: 'gateway.mjs',
  seals: 'seals.mjs',
  quarantine: 'quarantine.mjs',
  start: 'start.mjs',
  sinks: 'sinks.mjs',
  erase: 'erase.mjs',
};

await run(async () => {
  const { parseArgs } = await import('node:util');
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  if (values.only && !parts[values.only])
    throw new Stop(`--only takes one of ${Object.keys(parts).join(', ')}.`, 2);
  const { ensureInstalled } = await import('./lib/bootstrap.mjs');
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureInstalled();
  await ensureBuilt();
  const figures = { node: process.versions.node, date: new Date().toISOString().slice(0, 10) };
  for (const [name, file] of Object.entries(parts)) {
    if (values.only && values.only !== name) continue;
    say(`Benchmark: ${name}`);
    const module = await import(new URL(`../tests/bench/${file}`, import.meta.url).href);
    figures[name] = await module.run({ json: values.json, quick: values.quick });
  }
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
});
