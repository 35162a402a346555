import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DiskStep, readDiskLog } from './disk-log.ts';
import type { DiskImage } from './recorded-disk.ts';

const here = (name: string) => join(import.meta.dirname, name);

/** Makes the recorder in a folder; a sentence says why that cannot be. */
export function buildRecorder(folder: string): { ok: true; library: string } | { ok: false; why: string } {
  if (process.platform !== 'linux') return { ok: false, why: 'the recorder is for Linux' };
  const library = join(folder, 'recorder.so');
  const made = spawnSync('cc', [
    '-O2',
    '-shared',
    '-fPIC',
    '-o',
    library,
    here('recorder.c'),
    '-ldl',
    '-lpthread',
  ]);
  if (made.error) return { ok: false, why: 'there is no C compiler (cc)' };
  if (made.status !== 0) throw new Error(`the recorder does not compile: ${made.stderr.toString()}`);
  return { ok: true, library };
}

export function writeImage(folder: string, image: DiskImage): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of [...image].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (bytes === null) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), bytes);
  }
}

export function readImage(folder: string): DiskImage {
  const image = new Map<string, Buffer | null>();
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (name === '.marks') continue;
    const path = join(folder, name);
    image.set(name, statSync(path).isDirectory() ? null : readFileSync(path));
  }
  return image;
}

export interface LifeOptions {
  /** The script's own; it also gets `directory`. */
  orders: object;
  /** How long a sync takes at least. */
  syncUs?: number;
}

/** Lets a script live on the folder `work` under the recorder, to its end, and answers with all that it did to the disk. */
export async function recordLife(
  library: string,
  script: string,
  work: string,
  options: LifeOptions,
): Promise<DiskStep[]> {
  // The recorder compares paths as texts.
  const root = realpathSync(work);
  const log = `${root}.log`;
  rmSync(log, { force: true });
  const recorded = { LD_PRELOAD: library, USEWIRE_POWER_ROOT: root, USEWIRE_POWER_LOG: log };
  // io_uring would write past the recorder.
  const settings = { USEWIRE_POWER_SYNC_US: String(options.syncUs ?? 0), UV_USE_IO_URING: '0' };
  const orders = JSON.stringify({ directory: root, ...options.orders });
  const child = spawn(process.execPath, [here(script), orders], {
    env: { ...process.env, ...recorded, ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problem += chunk.toString();
  });
  const ending = await new Promise((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  // A life may kill itself.
  if (ending !== 0 && ending !== 'SIGKILL')
    throw new Error(`${script} ended with ${String(ending)}: ${problem}`);
  return readDiskLog(readFileSync(log));
}
