import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

/** Compiles one example beside its sources, against the built packages as a user has them. */
export async function bundleExample(name) {
  // esbuild comes with tsup; examples use the same compiler as the packages.
  const { build } = await import(
    createRequire(createRequire(import.meta.url).resolve('tsup')).resolve('esbuild')
  );
  const outdir = join(root, 'examples', name, 'dist');
  mkdirSync(outdir, { recursive: true });
  const outfile = join(outdir, 'main.mjs');
  await build({
    entryPoints: [join(root, 'examples', name, 'main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return outfile;
}
