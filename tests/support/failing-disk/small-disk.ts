import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of a few MiB, that can be filled. */
export interface SmallDisk {
  path: string;
  /** To the last byte, or to so many free pages of 4 KiB. */
  fill(freePages?: number): void;
  free(): void;
  /** Only while nothing is open on it for writing. */
  readOnly(isOn: boolean): void;
  unmount(): void;
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'pipe' });

/** Why it cannot be had here; null = it can. */
export function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'needs tmpfs';
  const folder = mkdtempSync(join(tmpdir(), 'usewire-mount-'));
  try {
    mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
    execFileSync('umount', [folder]);
    return null;
  } catch {
    return 'mounting a tmpfs is not allowed here';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function smallDisk(path: string, size: string): SmallDisk {
  mkdirSync(path);
  mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path);
  const filler = join(path, 'filler');
  return {
    path,
    fill(freePages = 0) {
      const fd = openSync(filler, 'w');
      for (const bytes of [65_536, 4_096]) {
        try {
          for (;;) writeSync(fd, Buffer.alloc(bytes, 1));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
      ftruncateSync(fd, fstatSync(fd).size - freePages * 4_096);
      closeSync(fd);
    },
    free: () => rmSync(filler),
    readOnly: (isOn) => mount('-o', `remount,${isOn ? 'ro' : 'rw'}`, path),
    unmount: () => execFileSync('umount', ['-l', path]),
  };
}
