import type { Scheduler, SinkProgress, SpoolStore } from './domain/ports.ts';
import { doneRanges, type Range } from './domain/progress.ts';

/** Rows counted at once: a few ms of work, so that no commit waits for it. */
const CHUNK_ROWS = 10_000;
const PAUSE_MS = 20;

export interface RecordsBehind {
  /** Stored records that the sink has still to get; null while those of an earlier life are being counted. */
  now(): number | null;
  /** So many records are done with. */
  finished(records: number): void;
  /** From now on everything behind a position is to come. */
  restart(position: number): void;
  stop(): void;
}

/**
 * Lag in records without reading all rows for each scrape: what is behind is counted once, in small portions, and from then on only what is
 * new.
 */
export function recordsBehind(
  store: Pick<SpoolStore, 'recordsAfter' | 'lastPosition'>,
  scheduler: Pick<Scheduler, 'after'>,
  progress: SinkProgress,
): RecordsBehind {
  // What is done with already is not counted. The rest of the way is open.
  let skipped: Range[] = doneRanges(progress);
  let upTo = progress.cursor;
  let count = 0;
  let cancel: (() => void) | null = null;

  function countChunk(): boolean {
    const next = skipped[0];
    if (next !== undefined && next.first <= upTo + 1) {
      upTo = next.last;
      skipped = skipped.slice(1);
      return false;
    }
    const end = Math.min(
      store.lastPosition(),
      upTo + CHUNK_ROWS,
      next === undefined ? Infinity : next.first - 1,
    );
    if (end > upTo) count += store.recordsAfter(upTo, end);
    upTo = Math.max(upTo, end);
    return upTo >= store.lastPosition() && skipped.length === 0;
  }

  function goOn(): void {
    cancel = null;
    // A store that cannot be read now is counted on later.
    if (!readable(countChunk)) cancel = scheduler.after(PAUSE_MS, goOn);
  }

  return {
    now() {
      if (cancel !== null) return null;
      goOn();
      return cancel === null ? Math.max(0, count) : null;
    },
    finished(records) {
      count -= records;
    },
    restart(position) {
      [skipped, upTo, count] = [[], position, 0];
    },
    stop() {
      cancel?.();
    },
  };
}

function readable(read: () => boolean): boolean {
  try {
    return read();
  } catch {
    return false;
  }
}
