import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Stop } from './say.mjs';

/** Makes sure a data folder exists and can be written, or says in one sentence why not. */
export function writableDir(path) {
  try {
    makeDirectory(path);
    accessSync(path, constants.W_OK);
    return path;
  } catch (error) {
    throw new Stop(
      `The data folder ${path} cannot be written (${error.code}): give another one with --data-dir, or mend its rights.`,
    );
  }
}

/** As `mkdir -p`. Node's own `recursive` never returns where a folder cannot be made in one that is there (`/proc/x`). */
function makeDirectory(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path);
  }
}
