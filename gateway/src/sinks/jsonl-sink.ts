import type { Clock, Sink, SinkBatch, SinkOutcome, SinkRecord } from '../domain/ports.ts';
import { JSONL_DEFAULTS } from '../domain/sink-defaults.ts';
import { systemClock } from '../system.ts';
import { erased, eraseLater } from './erase-outcome.ts';
import { inTurns } from './in-turns.ts';
import type { Checkpoint } from './jsonl/checkpoint.ts';
import { eraseLines } from './jsonl/erase.ts';
import { appendBatch, beginFile, openVouchedFile, type VouchedFile } from './jsonl/vouched-file.ts';
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
  let opened: VouchedFile | null = null;
  let closed = false;
  return {
    name: options.name,
    async deliver(batch) {
      if (closed) return retryLater('the sink is closed');
      try {
        opened ??= await openVouchedFile(options.directory);
        return await append(opened, batch, { ...JSONL_DEFAULTS, ...options, nowMs: clock.nowMs() });
      } catch (error) {
        await opened?.handle?.close().catch(() => {});
        // Unknown what reached the disk: the checkpoint is read again before the next attempt.
        opened = null;
        return retryLater(problemOf(error));
      }
    },
    async erase(tombstone) {
      if (closed) return eraseLater(retryLater('the sink is closed'));
      try {
        opened ??= await openVouchedFile(options.directory);
        const records = await eraseLines(opened, tombstone, clock.nowMs());
        return erased(records, `${records} records left out of files that were written anew`);
      } catch (error) {
        await opened?.handle?.close().catch(() => {});
        opened = null;
        return eraseLater(retryLater(problemOf(error)));
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

type AppendOptions = Required<JsonlSinkOptions> & { nowMs: number };

async function append(file: VouchedFile, batch: SinkBatch, options: AppendOptions): Promise<SinkOutcome> {
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
  await appendBatch(file, { bytes, lastPosition: batch.lastPosition });
  return accepted;
}

function mustRotate({ file, bytes, openedAtMs }: Checkpoint, more: number, options: AppendOptions): boolean {
  if (file === '') return true;
  const old = options.nowMs - openedAtMs >= options.rotateAfterSeconds * 1_000;
  return bytes > 0 && (old || bytes + more > options.rotateBytes);
}

async function rotate(file: VouchedFile, batch: SinkBatch, { nowMs }: AppendOptions): Promise<void> {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const first = String(batch.firstPosition).padStart(12, '0');
  await beginFile(file, { name: `usage-${stamp}-${first}.jsonl`, atMs: nowMs });
}

function line(record: SinkRecord): string {
  return `${JSON.stringify({ time: new Date(record.atMs).toISOString(), ...record })}\n`;
}
