import { existsSync } from 'node:fs';
import type { Clock, Scheduler, Sink } from '../../domain/ports.ts';
import { accepted, problemOf, rejected, retryLater } from '../outcome.ts';
import { UnfitValue } from '../parquet/point-table.ts';
import { createStaging, type StagingOptions } from './staging.ts';

export interface LakeTime {
  clock: Clock;
  scheduler: Scheduler;
}

/** Until files that could not be put are tried again when no batch comes. */
const AGAIN_MS = 60_000;
/** Until what an earlier life of the gateway left waiting is looked for. */
const FIRST_LOOK_MS = 1_000;

/**
 * Gathers batches in a journal on the disk and makes Parquet files of it when its hour has ended. Accepted means: in the journal, synced.
 * Exactly once: the journal is a vouched file, its files are named after it and replace themselves, and it is forgotten only when all of them
 * are in their places.
 */
export function createLakeSink(
  options: StagingOptions & { name: string },
  { clock, scheduler }: LakeTime,
): Sink {
  const ending = new AbortController();
  const staging = createStaging(options);
  let cancel = () => {};
  const lookAfter = (delayMs: number) => {
    cancel();
    if (!ending.signal.aborted && delayMs < Number.POSITIVE_INFINITY)
      cancel = scheduler.after(Math.max(0, delayMs), look);
  };
  const lookWhenDue = () => lookAfter(staging.dueAtMs() - clock.nowMs());
  /** An hour ends also when nothing comes any more. */
  const look = async () => {
    if (!existsSync(options.stagingDirectory)) return;
    await staging.finishIfDue(clock.nowMs(), ending.signal).then(lookWhenDue, () => lookAfter(AGAIN_MS));
  };
  lookAfter(FIRST_LOOK_MS);
  return {
    name: options.name,
    async deliver(batch, signal) {
      if (ending.signal.aborted) return retryLater('the sink is closed');
      if (signal.aborted) return retryLater('the gateway is stopping');
      try {
        await staging.take(batch, clock.nowMs(), AbortSignal.any([signal, ending.signal]));
        lookWhenDue();
        return accepted;
      } catch (error) {
        lookAfter(AGAIN_MS);
        if (error instanceof UnfitValue) return rejected(error.message);
        return retryLater(signal.aborted ? 'the gateway is stopping' : problemOf(error));
      }
    },
    async close() {
      ending.abort();
      cancel();
      await staging.close();
    },
  };
}
