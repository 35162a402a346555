import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { readRecording } from './read.ts';
import type { ReadContext, ReadOutcome } from './recording.ts';

/** In a folder only these are taken for recordings; a file that is named itself is always tried. */
const endings = ['.fit', '.gpx', '.geojson', '.json', '.csv'];

interface Found {
  files: string[];
  /** Files of the folders that are no recordings by their name. */
  leftOut: number;
}

export type FindOutcome = { ok: true; found: Found } | { ok: false; message: string };

/** All recordings under the paths, folders with all that is in them, in order of their names and each once. */
export function findRecordings(paths: readonly string[]): FindOutcome {
  const files = new Set<string>();
  let leftOut = 0;
  for (const path of paths) {
    const kind = kindOf(path);
    if (typeof kind === 'object') {
      return { ok: false, message: kind.message };
    }
    for (const file of kind === 'folder' ? filesUnder(resolve(path)) : [resolve(path)]) {
      if (kind === 'file' || endings.includes(extname(file).toLowerCase())) {
        files.add(file);
      } else {
        leftOut += 1;
      }
    }
  }
  return files.size === 0
    ? { ok: false, message: `no recording under ${paths.join(', ')}: looked for ${endings.join(', ')}` }
    : { ok: true, found: { files: [...files], leftOut } };
}

function kindOf(path: string): 'file' | 'folder' | { message: string } {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return { message: `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}` };
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export type TimeContext = Pick<ReadContext, 'toUnixMs' | 'firstDay'>;

/** Reads one file; what the file system says about it is an outcome as well. */
export function readFile(path: string, time: TimeContext): ReadOutcome {
  const bytes = contentOf(path);
  if (bytes === undefined) {
    return { ok: false, message: 'it cannot be read' };
  }
  return readRecording(bytes, {
    ...time,
    name: basename(path),
    folder: basename(dirname(path)),
    sibling: (name) => contentOf(join(dirname(path), name))?.toString('utf8'),
  });
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
