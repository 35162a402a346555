import { requireNode } from './lib/node-version.mjs';

requireNode();
const { run, say } = await import('./lib/say.mjs');
/** The public surface of each package as a reviewed file; `--update` writes them anew, without it a difference fails. */
const entries = [
  ['protocol', 'wire/index'],
  ['protocol', 'model/index'],
  ['protocol', 'check/index'],
  ['protocol', 'serial/index'],
  ['protocol', 'seal/index'],
  ['device-sdk', 'core/index'],
  ['device-sdk', 'board/index'],
  ['device-sdk', 'platform/node/index'],
  ['device-sdk', 'seal/index'],
  ['device-sdk', 'serial/index'],
  ['device-sdk', 'http/index'],
  ['device-sdk', 'testing/index'],
  ['gateway', 'index'],
  ['simulators', 'index'],
];

await run(async () => {
  const { Extractor, ExtractorConfig } = await import('@microsoft/api-extractor');
  const { existsSync, mkdirSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { root } = await import('./lib/bootstrap.mjs');
  const update = process.argv.includes('--update');
  let failed = 0;
  for (const [name, entry] of entries) {
    const folder = join(root, name);
    const types = join(folder, 'dist', 'types', `${entry}.d.ts`);
    if (!existsSync(types)) {
      say(`${types} is missing: run 'npm run build -- --types' first.`);
      return 1;
    }
    const report = `${entry.replace(/\/?index$/, '').replaceAll('/', '-') || 'index'}.api.md`;
    mkdirSync(join(folder, 'api'), { recursive: true });
    const result = Extractor.invoke(configFor(ExtractorConfig, folder, types, report), options(update));
    if (result.succeeded && !(result.apiReportChanged && !update)) continue;
    failed += 1;
    say(
      `The public surface of ${name}/${entry} differs from api/${report}: look at it, then 'npm run check -- API --update-api'.`,
    );
  }
  return failed === 0 ? 0 : 1;

  function configFor(Config, folder, types, report) {
    return Config.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, 'package.json'),
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: types,
        compiler: { overrideTsconfig: { compilerOptions: compilerOptions() } },
        apiReport: {
          enabled: true,
          reportFileName: report,
          reportFolder: join(folder, 'api'),
          reportTempFolder: join(folder, 'dist', 'api'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        messages: {
          extractorMessageReporting: { default: { logLevel: 'none' } },
          tsdocMessageReporting: { default: { logLevel: 'none' } },
          compilerMessageReporting: { default: { logLevel: 'none' } },
        },
      },
    });
  }
});

function compilerOptions() {
  return {
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2022',
    lib: ['ES2023'],
    types: ['node'],
    skipLibCheck: true,
    strict: true,
  };
}

function options(update) {
  return {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      message.handled = true;
    },
  };
}
