import type { CutRandom } from './cut-random.ts';

/** A change of names in folders: from `from` to `to`, of which one may be missing (made, removed). */
interface NameChange<T> {
  from: string | null;
  to: string | null;
  entry: T;
}

/** Which file has which name: as the process sees it, as it is on the medium, and what lies between. */
export interface FolderNames<T> {
  get(path: string): T | undefined;
  put(path: string, entry: T): void;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** The names in this folder are on the medium. A new folder's own name stands in the folder above. */
  sync(folder: string): void;
  now(): ReadonlyMap<string, T>;
  afterCut(random: CutRandom): ReadonlyMap<string, T>;
}

export function folderNames<T>(settled: ReadonlyMap<string, T>): FolderNames<T> {
  const now = new Map(settled);
  const medium = new Map(settled);
  let pending: NameChange<T>[] = [];

  function change(made: NameChange<T>): void {
    apply(now, made);
    pending.push(made);
  }

  return {
    get: (path) => now.get(path),
    put: (path, entry) => change({ from: null, to: path, entry }),
    remove: (path) => change({ from: path, to: null, entry: now.get(path)! }),
    rename: (from, to) => change({ from, to, entry: now.get(from)! }),
    sync(folder) {
      const isHere = (path: string | null) => path !== null && folderOf(path) === folder;
      const here = pending.filter(({ from, to }) => isHere(from) || isHere(to));
      for (const made of here) apply(medium, made);
      pending = pending.filter((made) => !here.includes(made));
    },
    now: () => now,
    afterCut(random) {
      const left = new Map(medium);
      for (const made of survivors(pending, random)) apply(left, made);
      for (const path of [...left.keys()]) if (!isReachable(left, path)) left.delete(path);
      return left;
    },
  };
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function apply<T>(names: Map<string, T>, { from, to, entry }: NameChange<T>): void {
  if (from !== null) names.delete(from);
  if (to !== null) names.set(to, entry);
}

/**
 * Changes that share a name keep their order: of each such chain its beginning survives. Chains know nothing of each other; file systems with a journal
 * order more than that.
 */
function survivors<T>(pending: readonly NameChange<T>[], random: CutRandom): NameChange<T>[] {
  const dead = new Set<string>();
  return pending.filter(({ from, to }) => {
    const names = [from, to].filter((name) => name !== null);
    if (!names.some((name) => dead.has(name)) && random.survives()) return true;
    for (const name of names) dead.add(name);
    return false;
  });
}

function isReachable<T>(names: ReadonlyMap<string, T>, path: string): boolean {
  const folder = folderOf(path);
  return folder === '' || (names.has(folder) && isReachable(names, folder));
}
