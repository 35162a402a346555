import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, Patient } from './finding.ts';

const FILES = ['spool.db', 'identity.db', 'gateway.lock'];

/** That the data folder is there and may be written, and that not everybody may read what people do. */
export function checkFolder({ config: { dataDirectory: folder } }: Patient): Finding[] {
  const check = 'folder';
  if (!existsSync(folder)) {
    return [{ check, level: 'note', says: `${folder} is not there yet; the first start makes it.` }];
  }
  const paths = [folder, ...FILES.map((name) => join(folder, name)).filter((path) => existsSync(path))];
  const closed = paths.flatMap((path) => {
    const code = whyNotWritable(path);
    return code === null ? [] : [`${path} (${code})`];
  });
  if (closed.length > 0) {
    const says = `This user may not write ${closed.join(', ')}.`;
    const todo =
      'Give the folder and its files to the user that runs the gateway, and mount its disk for writing.';
    return [{ check, level: 'problem', says, todo }];
  }
  const open = process.platform !== 'win32' && (statSync(folder).mode & 0o007) !== 0;
  if (!open) return [{ check, level: 'ok', says: `${folder} may be written, by its owner only.` }];
  const says = `${folder} may be read by every user of this machine, and it holds what people do with their products.`;
  return [{ check, level: 'note', says, todo: `chmod -R o= ${folder}` }];
}

export function whyNotWritable(path: string): string | null {
  try {
    accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
