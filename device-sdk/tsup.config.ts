import { defineConfig, type Options } from 'tsup';
import { espruino } from './tsup.espruino.ts';

/** The protocol is bundled in; `mqtt` is the only dependency left. */
const node: Options = {
  entry: {
    'platform/node/index': 'src/platform/node/index.ts',
    'core/index': 'src/core/index.ts',
    'board/index': 'src/board/index.ts',
    'seal/index': 'src/seal/index.ts',
    'serial/index': 'src/serial/index.ts',
    'http/index': 'src/http/index.ts',
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
  // tsup removes everything but what is named here: declarations and their build info belong to tsc, the board's files to the other build.
  clean: ['!types/**', '!espruino/**', '!.*.tsbuildinfo', '!.built'],
};

export default defineConfig([node, espruino]);
