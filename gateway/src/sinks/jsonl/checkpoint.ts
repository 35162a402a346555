import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** What is known to be on the disk; it and the data it speaks of are made durable in this order: data, then this. */
export interface Checkpoint {
  /** File being written, or '' before the first batch. */
  file: string;
  /** Bytes of it that belong to finished batches. What lies behind them is the torn rest of an unfinished one. */
  bytes: number;
  /** Spool position of the newest batch written. */
  lastPosition: number;
  /** When the file's first batch was written, Unix ms. */
  openedAtMs: number;
}

const emptyCheckpoint: Checkpoint = { file: '', bytes: 0, lastPosition: 0, openedAtMs: 0 };

const NAME = '.checkpoint.json';

export async function readCheckpoint(directory: string): Promise<Checkpoint> {
  let text: string;
  try {
    text = await readFile(join(directory, NAME), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyCheckpoint;
    throw error;
  }
  const value = JSON.parse(text) as Partial<Checkpoint>;
  const { file, bytes, lastPosition, openedAtMs } = value;
  if (typeof file !== 'string' || !isCount(bytes) || !isCount(lastPosition) || !isCount(openedAtMs)) {
    throw new Error(`${NAME} in ${directory} is not one of ours; move it away to begin anew`);
  }
  return { file, bytes, lastPosition, openedAtMs };
}

/** Atomic: after a crash the old or the new checkpoint is read, never a mixture. */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  const path = join(directory, NAME);
  const temporary = `${path}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(JSON.stringify(checkpoint));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncDirectory(directory);
}

/** A rename, and a new file's name, are only durable with their directory. Windows has no such call and needs none. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
