import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    'wire/index': 'src/wire/index.ts',
    'model/index': 'src/model/index.ts',
    'check/index': 'src/check/index.ts',
    'serial/index': 'src/serial/index.ts',
    'seal/index': 'src/seal/index.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'neutral',
  splitting: true,
  // tsup removes everything but what is named here: declarations and their build info belong to tsc.
  clean: ['!types/**', '!.*.tsbuildinfo', '!.built'],
});
