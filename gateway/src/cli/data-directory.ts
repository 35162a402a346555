import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../make-directory.ts';
import { openLock } from './lock.ts';
import { fileFailure, unavailable } from './start-failure.ts';

/** Makes the folder, proves that it can be written, and keeps a second gateway out of it. Returns the way to let go. */
export function claimDataDirectory(directory: string): () => void {
  try {
    makeDirectory(directory);
    const probe = join(directory, '.writable');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const known = fileFailure(directory, (error as NodeJS.ErrnoException).code);
    if (known !== null) known.cause = error;
    throw known ?? error;
  }
  const release = openLock(join(directory, 'gateway.lock'));
  if (release === null) {
    throw unavailable(
      `Another gateway is running with the data folder ${directory}; stop it, or give this one a folder of its own with --data-dir.`,
    );
  }
  return release;
}
