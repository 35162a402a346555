import { readdirSync, readFileSync } from 'node:fs';
import type { Vector } from '../../protocol/tools/vectors/vector.ts';

const folder = new URL('../../protocol/vectors/', import.meta.url);

/** The rows of one file of protocol/vectors. */
export function loadRows<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T[];
}

/** Files whose rows are of a kind of their own. */
const ownRows = ['bits.json', 'seal.json', 'serial.json'];

/** Every message vector of every file. */
export function loadVectors(): Vector[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !ownRows.includes(name));
  return names.flatMap((name) => loadRows<Vector>(name));
}

/** Code names of vectors ('not-deterministic') as the registry has them ('notDeterministic'). */
export function camelCase(code: string): string {
  return code.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
