import { writeFileSync } from 'node:fs';
import { vectorFiles } from './vectors/files.ts';
import { modelText, textOf } from './vectors/text.ts';

const folder = new URL('../vectors/', import.meta.url);

/** Writes vectors/*.json anew: node protocol/tools/run.mjs generate-vectors.ts */
export function main(): void {
  const texts = Object.entries(vectorFiles).map(([name, rows]) => ({ name, rows, text: textOf(rows) }));
  for (const { name, text } of texts) writeFileSync(new URL(name, folder), text);
  writeFileSync(new URL('models/lamp.json', folder), modelText());
  for (const { name, rows } of texts) console.log(`${name}: ${rows.length} vectors`);
}
