import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SinkBatch } from '../../domain/ports.ts';
import { inTurns } from '../in-turns.ts';
import { type Checkpoint, writeCheckpoint } from '../jsonl/checkpoint.ts';
import { appendBatch, beginFile, openVouchedFile, type VouchedFile } from '../jsonl/vouched-file.ts';
import { journalFiles, type LakeFile } from './journal-files.ts';
import { journalLines } from './journal-lines.ts';
import { dueAtMs, journalName, stemOf } from './journal-name.ts';
import { oneAtATime } from './one-at-a-time.ts';

export interface StagingOptions {
  /** Of one sink alone, on a disk of this machine: where records wait for their hour to end. */
  stagingDirectory: string;
  /** Files are made when this has passed, counted from midnight UTC: 3,600 = at each full hour. */
  rotateAfterSeconds: number;
  /** ... and before, when this much is waiting. A gateway takes about three times as much memory to make the files. */
  rotateBytes: number;
  /** Asked before a journal is begun: whether there is a place for its files. Throws what is wrong with it. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Puts a file in its place, whole or not at all; one of that name may be there. Throws what is wrong. */
  put(file: LakeFile, signal: AbortSignal): Promise<void>;
}

/** Whatever it is asked is done alone; whatever throws has changed nothing that counts, and may be asked again. */
export interface Staging {
  /** The batch is in the journal, synced. Files of a journal whose time is over are made first. Throws. */
  take(batch: SinkBatch, nowMs: number, signal: AbortSignal): Promise<void>;
  /** Makes the files of a journal whose time is over. Throws. */
  finishIfDue(nowMs: number, signal: AbortSignal): Promise<void>;
  /** When the journal's time is over, Unix ms; Infinity = there is none. */
  dueAtMs(): number;
  close(): Promise<void>;
}

export function createStaging(options: StagingOptions): Staging {
  const alone = oneAtATime();
  let journal: VouchedFile | null = null;
  const close = async () => {
    await journal?.handle?.close().catch(() => {});
    journal = null;
  };
  const withJournal = (work: (journal: VouchedFile) => Promise<void>) =>
    alone(async () => {
      try {
        journal ??= await openJournal(options.stagingDirectory);
        await work(journal);
      } catch (error) {
        // Unknown what reached the disk: the checkpoint is read again before the next attempt.
        await close();
        throw error;
      }
    });
  return {
    take: (batch, nowMs, signal) =>
      withJournal(async (open) => {
        await finishIfDue(open, options, { nowMs, signal });
        if (open.checkpoint.file === '') await options.ready?.(signal);
        await stage(open, batch, nowMs);
      }),
    finishIfDue: (nowMs, signal) => withJournal((open) => finishIfDue(open, options, { nowMs, signal })),
    dueAtMs: () => (journal ? dueAtMs(journal.checkpoint, options) : Number.POSITIVE_INFINITY),
    close: () => alone(close),
  };
}

/** Without what a life that ended between two steps left: journals whose files are all in their places. */
async function openJournal(directory: string): Promise<VouchedFile> {
  const journal = await openVouchedFile(directory);
  for (const name of await readdir(directory))
    if (name.endsWith('.journal') && name !== journal.checkpoint.file) await rm(join(directory, name));
  return journal;
}

/** About 1 ms of work. */
const RECORDS_PER_TURN = 200;

async function stage(journal: VouchedFile, batch: SinkBatch, nowMs: number): Promise<void> {
  const after = journal.checkpoint.lastPosition;
  if (batch.lastPosition <= after) return;
  // A batch that overlaps what is written (its cursor was set back) brings only what is new.
  const fresh = batch.records.filter((record) => record.position > after);
  const parts: string[] = [];
  await inTurns(fresh, RECORDS_PER_TURN, (records) => {
    for (const line of journalLines(records, batch.models)) parts.push(`${line}\n`);
  });
  if (journal.checkpoint.file === '')
    await beginFile(journal, { name: journalName(batch.firstPosition, nowMs), atMs: nowMs });
  await appendBatch(journal, { bytes: Buffer.from(parts.join('')), lastPosition: batch.lastPosition });
}

async function finishIfDue(
  journal: VouchedFile,
  options: StagingOptions,
  { nowMs, signal }: { nowMs: number; signal: AbortSignal },
): Promise<void> {
  const isDue = nowMs >= dueAtMs(journal.checkpoint, options);
  if (isDue || journal.checkpoint.bytes >= options.rotateBytes) await finish(journal, options, signal);
}

/** The journal is forgotten when all of its files are in their places. */
async function finish(journal: VouchedFile, options: StagingOptions, signal: AbortSignal): Promise<void> {
  const { file, bytes } = journal.checkpoint;
  const path = join(options.stagingDirectory, file);
  // Somebody may have taken it away: what was in it is theirs.
  const files = existsSync(path) ? await journalFiles({ path, bytes }, stemOf(file)) : [];
  for (const made of files) await options.put(made, signal);
  await journal.handle?.close();
  const rest: Checkpoint = { ...journal.checkpoint, file: '', bytes: 0 };
  await writeCheckpoint(options.stagingDirectory, rest);
  journal.checkpoint = rest;
  journal.handle = null;
  await rm(path, { force: true });
}
