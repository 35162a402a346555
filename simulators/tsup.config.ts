import { defineConfig } from 'tsup';

/** ESM for Node. Types come from `tsc -b`; dependencies stay outside. */
export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  // dist/types and dist/.tsbuildinfo belong to tsc.
  clean: ['dist/*.js', 'dist/*.js.map'],
  splitting: true,
  sourcemap: true,
  dts: false,
  external: [/^@usewire\//],
});
