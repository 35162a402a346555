import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Truth } from '../verdict/truth.ts';
import { makeDirectory } from './make-directory.ts';

export interface TruthFile {
  write(line: Truth): void;
  close(): void;
}

const BUFFER_CHARACTERS = 262_144;

/** NDJSON of what the devices truly did; `a` goes on with a file that is there. Throws when it cannot be made. Without a path nothing is kept. */
export function truthFile(path: string | undefined, mode: 'w' | 'a' = 'w'): TruthFile {
  if (path === undefined) return { write: () => undefined, close: () => undefined };
  makeDirectory(dirname(path));
  const file = openSync(path, mode);
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
