import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../../make-directory.ts';
import { type Checkpoint, readCheckpoint, syncDirectory, writeCheckpoint } from './checkpoint.ts';

/**
 * A file that grows by whole batches, whatever happens in between: a batch is written behind the bytes that the checkpoint vouches for,
 * synced, and only then does the checkpoint move; what was torn is cut off before the next batch.
 */
export interface VouchedFile {
  directory: string;
  checkpoint: Checkpoint;
  handle: FileHandle | null;
}

export async function openVouchedFile(directory: string): Promise<VouchedFile> {
  makeDirectory(directory);
  return { directory, checkpoint: await readCheckpoint(directory), handle: null };
}

/** The file before it is final from then on. */
export async function beginFile(
  file: VouchedFile,
  { name, atMs }: { name: string; atMs: number },
): Promise<void> {
  if (file.checkpoint.file !== '') {
    // Cut off whatever an unfinished batch left behind it.
    await (await currentHandle(file)).close();
  }
  file.handle = null;
  const begun = { ...file.checkpoint, file: name, bytes: 0, openedAtMs: atMs };
  // Before there is anything in it: a file that the checkpoint does not know would keep a second copy of its batch.
  await writeCheckpoint(file.directory, begun);
  file.checkpoint = begun;
}

export async function appendBatch(
  file: VouchedFile,
  { bytes, lastPosition }: { bytes: Buffer; lastPosition: number },
): Promise<void> {
  const handle = await currentHandle(file);
  const { checkpoint } = file;
  await writeAll(handle, bytes, checkpoint.bytes);
  await handle.datasync();
  const next = { ...checkpoint, bytes: checkpoint.bytes + bytes.length, lastPosition };
  await writeCheckpoint(file.directory, next);
  file.checkpoint = next;
}

/** A disk that fills up takes a part and says so by the count alone; the checkpoint must not vouch for the rest. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** The open file, or a new one of the same name when somebody deleted it: what was in it is theirs. */
async function currentHandle(file: VouchedFile): Promise<FileHandle> {
  if (file.handle !== null && (await file.handle.stat()).nlink > 0) return file.handle;
  await file.handle?.close();
  const opened = await openAt(file.directory, file.checkpoint);
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
