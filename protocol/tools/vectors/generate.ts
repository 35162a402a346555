import { writeFileSync } from 'node:fs';
import { vectorFiles } from './files.ts';
import { lamp } from './lamp.ts';

/** One vector a line: a changed vector is one changed line in review. */
export function textOf(rows: object[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}

export function modelText(): string {
  return `${JSON.stringify(lamp, null, 2)}\n`;
}

/** Writes vectors/*.json anew. */
export function main(): void {
  for (const [name, rows] of Object.entries(vectorFiles)) {
    writeFileSync(new URL(`../../vectors/${name}`, import.meta.url), textOf(rows));
    console.log(`${name}: ${rows.length} vectors`);
  }
  writeFileSync(new URL('../../vectors/models/lamp.json', import.meta.url), modelText());
}
