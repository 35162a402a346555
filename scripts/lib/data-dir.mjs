import { accessSync, constants, mkdirSync } from 'node:fs';
import { Stop } from './say.mjs';

/** Makes sure a data folder exists and can be written, or says in one sentence why not. */
export function writableDir(path) {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    return path;
  } catch (error) {
    throw new Stop(
      `The data folder ${path} cannot be written (${error.code}): give another one with --data-dir, or mend its rights.`,
    );
  }
}
