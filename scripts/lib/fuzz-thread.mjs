import { parentPort, workerData } from 'node:worker_threads';
import { createServer } from 'vite';
import { root } from './bootstrap.mjs';

const { target, seed, seconds, from, inputs, progress } = workerData;

/** The fuzz targets are TypeScript over the packages' sources, as the tests are. */
const conditions = ['@usewire/source', 'node', 'import', 'default'];
const vite = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true, include: [] },
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  appType: 'custom',
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
});
const { targets, missing } = await vite.ssrLoadModule('/tests/fuzz/targets.ts');
const { fuzz } = await vite.ssrLoadModule('/tests/fuzz/run.ts');

/** What no property caught: a listener or a promise that nobody waits for. */
const stray = [];
process.on('uncaughtException', (error) => stray.push(error));
process.on('unhandledRejection', (error) => stray.push(error));
// The yaml package warns of odd keys, as it should; a million times is enough.
process.removeAllListeners('warning');
process.on('warning', () => {});

const report =
  missing[target] === undefined
    ? await fuzz({
        name: target,
        create: targets[target],
        seed,
        from,
        inputs,
        budgetMs: seconds * 1000,
        onInput,
      })
    : { target, missing: missing[target], findings: [] };
for (const error of stray.slice(0, 5)) {
  report.findings.push({ index: Atomics.load(progress, 0), what: `nobody caught: ${error?.stack ?? error}` });
}
await vite.close();
parentPort.postMessage(report);

function onInput(index) {
  Atomics.store(progress, 0, index);
  Atomics.add(progress, 1, 1);
}
