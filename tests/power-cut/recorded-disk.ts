import type { CutRandom } from './cut-random.ts';
import type { DiskStep } from './disk-log.ts';
import { type FileContent, fileContent } from './file-content.ts';
import { folderNames } from './folder-names.ts';

/** What stands on a disk: path -> bytes, or null for a folder. */
export type DiskImage = ReadonlyMap<string, Buffer | null>;

export interface DiskOptions {
  /** Syncs of such files do nothing, as on a disk that lies: to see that a test finds what is lost by that. */
  ignoresSyncOf?(path: string): boolean;
}

export interface RecordedDisk {
  apply(step: DiskStep): void;
  /** What the next process finds when this one is killed and the power stays. */
  now(): DiskImage;
  /** What it may find when the power is cut at this moment. */
  afterCut(random: CutRandom): DiskImage;
}

type Entry = FileContent | 'folder';

/**
 * The medium under a recorded process. Promised is only what POSIX promises: bytes after `fsync` or `fdatasync` of their file, names after `fsync` of their
 * folder. All else survives or does not, sector by sector and name by name.
 */
export function recordedDisk(
  initial: DiskImage,
  { ignoresSyncOf = () => false }: DiskOptions = {},
): RecordedDisk {
  const settled = [...initial].map(([path, bytes]): [string, Entry] => [
    path,
    bytes === null ? 'folder' : fileContent(bytes),
  ]);
  const names = folderNames<Entry>(new Map(settled));
  const open = new Map<number, { path: string; content: FileContent }>();

  function hold(inode: number, path: string): void {
    const content = names.get(path);
    if (content === undefined || content === 'folder') throw new Error(`${path} was opened and never made`);
    open.set(inode, { path, content });
  }

  function make(inode: number, path: string): void {
    names.put(path, fileContent());
    hold(inode, path);
  }

  function apply(step: DiskStep): void {
    if (step.do === 'create') make(step.inode, step.path);
    else if (step.do === 'open') hold(step.inode, step.path);
    else if (step.do === 'write') open.get(step.inode)!.content.write(step.offset, step.bytes);
    else if (step.do === 'truncate') open.get(step.inode)!.content.truncate(step.size);
    else if (step.do === 'sync') sync(step.inode);
    else if (step.do === 'syncFolder') names.sync(step.path);
    else if (step.do === 'mkdir') names.put(step.path, 'folder');
    else if (step.do === 'rename') names.rename(step.from, step.to);
    else if (step.do !== 'mark') names.remove(step.path);
  }

  function sync(inode: number): void {
    const { path, content } = open.get(inode)!;
    if (!ignoresSyncOf(path)) content.sync();
  }

  function image(of: ReadonlyMap<string, Entry>, bytes: (content: FileContent) => Buffer): DiskImage {
    return new Map([...of].map(([path, entry]) => [path, entry === 'folder' ? null : bytes(entry)]));
  }

  return {
    apply,
    now: () => image(names.now(), (content) => content.whole()),
    afterCut: (random) => image(names.afterCut(random), (content) => content.afterCut(random)),
  };
}
