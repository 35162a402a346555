import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../bootstrap.mjs';
import { packageBom, wholeBom } from './bom.mjs';
import { published } from './lockfile.mjs';

const FILE = 'sbom.cdx.json';

/** A bill of materials into each package's dist, which is published, and one of the whole into dist/. */
export function writeSboms() {
  const boms = [
    { file: join('dist', FILE), text: wholeBom() },
    ...published.map((name) => ({ file: join(name, 'dist', FILE), text: packageBom(name) })),
  ];
  for (const { file, text } of boms) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return boms;
}
