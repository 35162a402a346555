// Runs a TypeScript file of this folder: node protocol/tools/run.mjs generate-vectors.ts
import { fileURLToPath, URL } from 'node:url';
import { runnerImport } from 'vite';

const conditions = ['@usewire/source', 'node', 'import', 'default'];
const file = fileURLToPath(new URL(process.argv[2] ?? 'generate-vectors.ts', import.meta.url));
const options = {
  configFile: false,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  environments: { inline: { resolve: { conditions, noExternal: true } } },
};
const { module } = await runnerImport(file, options);
await module.main();
