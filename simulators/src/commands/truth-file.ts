import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Truth } from '../verdict/truth.ts';

export interface TruthFile {
  write(line: Truth): void;
  close(): void;
}

const BUFFER_CHARACTERS = 262_144;

/** NDJSON of what the devices truly did. Throws when the file cannot be made. Without a path nothing is kept. */
export function truthFile(path: string | undefined): TruthFile {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  let buffer = '';
  const flush = (): void => {
    writeSync(file, buffer);
    buffer = '';
  };
  return {
    write(line) {
      buffer += `${JSON.stringify(line)}\n`;
      if (buffer.length > BUFFER_CHARACTERS) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}
