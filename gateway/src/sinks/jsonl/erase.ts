import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { coversRecord, type KnownRecord } from '../../domain/erasure/erasure.ts';
import type { Tombstone } from '../../domain/ports.ts';
import { syncDirectory } from './checkpoint.ts';
import { beginFile, type VouchedFile } from './vouched-file.ts';

const FILE = /^usage-.*\.jsonl$/;
const NOTE = '.erasure.json';
const TEMPORARY = '.erasing.tmp';

/** Lines removed by file, of the request that was worked on last: written before a file changes, so that a count outlives a kill. */
interface Note {
  id: string;
  removed: Record<string, number>;
}

/**
 * Writes every file anew without what is to go, each at once: after a kill it is the old or the new one. The file that was being written is final
 * from here on. Returns the records that went, the same number when it is done again.
 */
export async function eraseLines(file: VouchedFile, tombstone: Tombstone, nowMs: number): Promise<number> {
  const { directory } = file;
  if (file.checkpoint.file !== '') await beginFile(file, { name: '', atMs: nowMs });
  const note = await readNote(directory, tombstone.id);
  for (const name of (await readdir(directory)).filter((each) => FILE.test(each)).sort()) {
    const path = join(directory, name);
    const found = await filtered(path, tombstone, join(directory, TEMPORARY));
    if (found === 0) continue;
    note.removed[name] = found;
    await writeNote(directory, note);
    await rename(join(directory, TEMPORARY), path);
    await syncDirectory(directory);
  }
  await rm(join(directory, TEMPORARY), { force: true });
  return Object.values(note.removed).reduce((sum, lines) => sum + lines, 0);
}

/** Copies what stays to `target`, durably. Returns how many lines do not. */
async function filtered(path: string, tombstone: Tombstone, target: string): Promise<number> {
  const out = await open(target, 'w');
  try {
    const gone = await copyKept(path, tombstone, out);
    await out.sync();
    return gone;
  } finally {
    await out.close();
  }
}

const CHUNK_BYTES = 262_144;

async function copyKept(path: string, tombstone: Tombstone, out: FileHandle): Promise<number> {
  let gone = 0;
  let kept: string[] = [];
  let bytes = 0;
  const flush = async () => {
    if (kept.length > 0) await out.writeFile(kept.join(''));
    kept = [];
    bytes = 0;
  };
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (isCovered(line, tombstone)) {
      gone += 1;
      continue;
    }
    kept.push(`${line}\n`);
    bytes += line.length;
    if (bytes >= CHUNK_BYTES) await flush();
  }
  await flush();
  return gone;
}

/** A line that is no record of ours is somebody else's. */
function isCovered(line: string, tombstone: Tombstone): boolean {
  // Most lines of most files are of other devices: not worth being parsed.
  if (!line.includes(`"${tombstone.device}"`)) return false;
  try {
    return coversRecord(tombstone, JSON.parse(line) as KnownRecord);
  } catch {
    return false;
  }
}

async function readNote(directory: string, id: string): Promise<Note> {
  const text = await readFile(join(directory, NOTE), 'utf8').catch(() => '{}');
  const note = JSON.parse(text) as Partial<Note>;
  return note.id === id && note.removed !== undefined ? { id, removed: note.removed } : { id, removed: {} };
}

async function writeNote(directory: string, note: Note): Promise<void> {
  const temporary = join(directory, `${NOTE}.tmp`);
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(JSON.stringify(note));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(directory, NOTE));
}
