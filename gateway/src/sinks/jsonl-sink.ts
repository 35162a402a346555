import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Sink, SinkBatch, SinkOutcome, SinkRecord } from '../domain/ports.ts';
import { JSONL_DEFAULTS } from '../domain/sink-defaults.ts';
import { makeDirectory } from '../make-directory.ts';
import { systemClock } from '../system.ts';
import { inTurns } from './in-turns.ts';
import { type Checkpoint, readCheckpoint, syncDirectory, writeCheckpoint } from './jsonl/checkpoint.ts';
import { accepted, problemOf, retryLater } from './outcome.ts';

export interface JsonlSinkOptions {
  name: string;
  directory: string;
  /** A new file is begun when the next batch would make this one larger. Default 64 MiB. */
  rotateBytes?: number;
  /** ... and when this one's first batch is older. Default 3,600. */
  rotateAfterSeconds?: number;
}

/**
 * One JSON object a record, one record a line. Exactly once: a batch is written behind the bytes that the checkpoint
 * vouches for, synced, and only then does the checkpoint move; what was torn is cut off before the next batch.
 */
export function createJsonlSink(options: JsonlSinkOptions, clock: Clock = systemClock): Sink {
  let opened: OpenFile | null = null;
  let closed = false;
  const reopen = async (): Promise<OpenFile> => {
    makeDirectory(options.directory);
    return { checkpoint: await readCheckpoint(options.directory), handle: null };
  };
  return {
    name: options.name,
    async deliver(batch) {
      if (closed) return retryLater('the sink is closed');
      try {
        opened ??= await reopen();
        return await append(opened, batch, { ...JSONL_DEFAULTS, ...options, nowMs: clock.nowMs() });
      } catch (error) {
        await opened?.handle?.close().catch(() => {});
        // Unknown what reached the disk: the checkpoint is read again before the next attempt.
        opened = null;
        return retryLater(problemOf(error));
      }
    },
    async close() {
      closed = true;
      const handle = opened?.handle;
      opened = null;
      await handle?.close().catch(() => {});
    },
  };
}

/** About 1 ms of work. */
const RECORDS_PER_TURN = 500;

interface OpenFile {
  checkpoint: Checkpoint;
  handle: FileHandle | null;
}

type AppendOptions = Required<JsonlSinkOptions> & { nowMs: number };

async function append(file: OpenFile, batch: SinkBatch, options: AppendOptions): Promise<SinkOutcome> {
  const after = file.checkpoint.lastPosition;
  if (batch.lastPosition <= after) return accepted;
  // A batch that overlaps what is written (its cursor was set back) brings only what is new.
  const fresh = batch.records.filter((record) => record.position > after);
  const parts: Buffer[] = [];
  await inTurns(
    fresh,
    RECORDS_PER_TURN,
    (records) => void parts.push(Buffer.from(records.map(line).join(''))),
  );
  const bytes = Buffer.concat(parts);
  if (mustRotate(file.checkpoint, bytes.length, options)) await rotate(file, batch, options);
  const handle = await currentHandle(file, options.directory);
  const { checkpoint } = file;
  await writeAll(handle, bytes, checkpoint.bytes);
  await handle.datasync();
  const next = { ...checkpoint, bytes: checkpoint.bytes + bytes.length, lastPosition: batch.lastPosition };
  await writeCheckpoint(options.directory, next);
  file.checkpoint = next;
  return accepted;
}

/** A disk that fills up takes a part and says so by the count alone; the checkpoint must not vouch for the rest. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function mustRotate({ file, bytes, openedAtMs }: Checkpoint, more: number, options: AppendOptions): boolean {
  if (file === '') return true;
  const old = options.nowMs - openedAtMs >= options.rotateAfterSeconds * 1_000;
  return bytes > 0 && (old || bytes + more > options.rotateBytes);
}

async function rotate(file: OpenFile, batch: SinkBatch, options: AppendOptions): Promise<void> {
  if (file.checkpoint.file !== '') {
    // The file is final from now on: cut off whatever an unfinished batch left behind it.
    await (await currentHandle(file, options.directory)).close();
  }
  file.handle = null;
  const stamp = new Date(options.nowMs).toISOString().replace(/[:.]/g, '-');
  const name = `usage-${stamp}-${String(batch.firstPosition).padStart(12, '0')}.jsonl`;
  const begun = { ...file.checkpoint, file: name, bytes: 0, openedAtMs: options.nowMs };
  // Before there is anything in it: a file that the checkpoint does not know would keep a second copy of its batch.
  await writeCheckpoint(options.directory, begun);
  file.checkpoint = begun;
}

/** The open file, or a new one of the same name when somebody deleted it: what was in it is theirs. */
async function currentHandle(file: OpenFile, directory: string): Promise<FileHandle> {
  if (file.handle !== null && (await file.handle.stat()).nlink > 0) return file.handle;
  await file.handle?.close();
  const opened = await openAt(directory, file.checkpoint);
  file.checkpoint = { ...file.checkpoint, bytes: opened.bytes };
  file.handle = opened.handle;
  return opened.handle;
}

/** Opens the current file and cuts it to the bytes that are vouched for. */
async function openAt(
  directory: string,
  { file, bytes }: Checkpoint,
): Promise<{ handle: FileHandle; bytes: number }> {
  const path = join(directory, file);
  const found = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (found === null) {
    const handle = await open(path, 'w+');
    await syncDirectory(directory);
    return { handle, bytes: 0 };
  }
  try {
    const { size } = await found.stat();
    if (size < bytes)
      throw new Error(`${file} is shorter than what was written to it; move it away to begin a new one`);
    if (size > bytes) await found.truncate(bytes);
    return { handle: found, bytes };
  } catch (error) {
    await found.close();
    throw error;
  }
}

function line(record: SinkRecord): string {
  return `${JSON.stringify({ time: new Date(record.atMs).toISOString(), ...record })}\n`;
}
