import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sink } from '../domain/ports.ts';
import { PARQUET_DEFAULTS } from '../domain/sink-defaults.ts';
import { makeDirectory } from '../make-directory.ts';
import { systemClock, systemScheduler } from '../system.ts';
import { syncDirectory } from './jsonl/checkpoint.ts';
import type { LakeFile } from './lake/journal-files.ts';
import { createLakeSink, type LakeTime } from './lake/lake-sink.ts';

export interface ParquetSinkOptions {
  name: string;
  /** Root of the lake; `.staging` in it holds what waits for its hour to end. */
  directory: string;
  /** Default 3,600: files are made at each full hour. */
  rotateAfterSeconds?: number;
  /** ... and before, when this much is waiting. Default 32 MiB. */
  rotateBytes?: number;
}

/** Name of the folder within the lake that query engines leave out. */
const STAGING = '.staging';

/** Parquet files, partitioned by product, point and day, in a folder: each appears whole. */
export function createParquetSink(
  given: ParquetSinkOptions,
  time: LakeTime = { clock: systemClock, scheduler: systemScheduler },
): Sink {
  const options = { ...PARQUET_DEFAULTS, ...given };
  const stagingDirectory = stagingOf(options.directory);
  const put = (file: LakeFile) => putFile(options.directory, join(stagingDirectory, 'file.tmp'), file);
  return createLakeSink({ ...options, stagingDirectory, put }, time);
}

export function stagingOf(directory: string): string {
  return join(directory, STAGING);
}

/** Under its name when it is whole and synced: a rename replaces what is there in one step. */
async function putFile(root: string, temporary: string, { path, content }: LakeFile): Promise<void> {
  const target = join(root, ...path.split('/'));
  makeDirectory(dirname(target));
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, target);
  await syncDirectory(dirname(target));
}
