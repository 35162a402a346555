import { defineConfig } from 'tsup';

/** The protocol is bundled in; `mqtt` is the only dependency left. */
export default defineConfig({
  entry: {
    'platform/node/index': 'src/platform/node/index.ts',
    'core/index': 'src/core/index.ts',
    'seal/index': 'src/seal/index.ts',
    'testing/index': 'src/testing/index.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  splitting: true,
  treeshake: true,
  external: ['mqtt'],
  noExternal: [/^@usewire\/protocol/],
  esbuildOptions: (options) => {
    options.conditions = ['@usewire/source', ...(options.conditions ?? [])];
  },
  // tsup removes everything but what is named here: declarations and their build info belong to tsc.
  clean: ['!types/**', '!.*.tsbuildinfo', '!.built'],
});
