import { join } from 'node:path';
import { attempt } from './attempt.ts';
import type { FileCalls } from './file-calls.ts';

/** What was removed must not come back: its records were sent, or told as lost. A removal that the system refuses is tried again. */
export interface Removals {
  /** False: it is still there, for now. */
  remove(name: string): boolean;
  /** It is there only because the system did not remove it. */
  isUndone(name: string): boolean;
  /** Removes what is still there, or empties it. False: not even that. */
  retry(): boolean;
}

export function removals(folder: string, calls: FileCalls): Removals {
  const undone = new Set<string>();
  const did = (work: () => void): boolean =>
    attempt(() => {
      work();
      return true;
    }, false);
  const remove = (name: string): boolean => {
    const path = join(folder, name);
    const isGone = did(() => calls.unlinkSync(path)) || !calls.existsSync(path);
    if (isGone) undone.delete(name);
    else undone.add(name);
    return isGone;
  };
  return {
    remove,
    isUndone: (name) => undone.has(name),
    retry: () =>
      [...undone].every((name) => remove(name) || did(() => calls.truncateSync(join(folder, name), 0))),
  };
}
