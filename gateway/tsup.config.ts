import { defineConfig } from 'tsup';

/** ESM for Node. Types come from `tsc -b`; dependencies stay outside. */
export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  // tsup removes everything but what is named here: declarations and their build info belong to tsc.
  clean: ['!types/**', '!.tsbuildinfo', '!.built'],
  splitting: true,
  sourcemap: true,
  dts: false,
  external: [/^@usewire\//],
});
