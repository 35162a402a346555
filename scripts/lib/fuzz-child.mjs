import { openSync, writeSync } from 'node:fs';
import { createServer } from 'vite';
import { root } from './bootstrap.mjs';

const { target, module, seed, seconds, from, inputs, progressFile } = JSON.parse(process.argv[2]);

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
const { targets } = await vite.ssrLoadModule(module);
const { fuzz } = await vite.ssrLoadModule('/tests/fuzz/run.ts');

/** What no property caught: a listener or a promise that nobody waits for. */
const stray = [];
process.on('uncaughtException', (error) => stray.push(error));
process.on('unhandledRejection', (error) => stray.push(error));
// The yaml package warns of odd keys, as it should; a million times is enough.
process.removeAllListeners('warning');
process.on('warning', () => {});

// A process that hangs or dies can tell nothing: the number of the input under way stands in a file before the input is taken.
const progress = openSync(progressFile, 'w');
const underWay = new BigUint64Array(1);
function onInput(index) {
  underWay[0] = BigInt(index);
  writeSync(progress, underWay, 0, 8, 0);
}

const budgetMs = seconds * 1000;
const report = await fuzz({ name: target, create: targets[target], seed, from, inputs, budgetMs, onInput });
for (const error of stray.slice(0, 5))
  report.findings.push({ index: Number(underWay[0]), what: `nobody caught: ${error?.stack ?? error}` });
await vite.close();
process.send(report, () => process.exit(0));
