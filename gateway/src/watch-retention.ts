import type { Clock, Log, Scheduler, Sink } from './domain/ports.ts';
import type { Retention } from './domain/retention.ts';

/** Retention is in days: what is over goes within the hour. */
const INTERVAL_MS = 3_600_000;
const FIRST_MS = 600_000;

export interface RetentionPorts {
  /** They may be others after a reload. */
  sinks(): readonly Sink[];
  clock: Pick<Clock, 'nowMs'>;
  scheduler: Scheduler;
  log: Log;
  retentions(): readonly Retention[];
}

/** Has the sinks that can delete what is over, one after the other. Returns the way to stop it. */
export function watchRetention({ sinks, clock, scheduler, log, retentions }: RetentionPorts): () => void {
  let isOver = false;
  let cancel = scheduler.after(FIRST_MS, turn);

  async function retain(sink: Sink): Promise<void> {
    try {
      const records = (await sink.retain?.(retentions(), clock.nowMs())) ?? 0;
      if (records > 0) log.info('retention.over', { sink: sink.name, records });
    } catch (error) {
      // It is tried again in an hour.
      log.warn('retention.failed', { sink: sink.name, problem: String(error) });
    }
  }

  async function all(): Promise<void> {
    for (const sink of sinks()) if (!isOver) await retain(sink);
    if (!isOver) cancel = scheduler.after(INTERVAL_MS, turn);
  }

  function turn(): void {
    void all();
  }

  return () => {
    isOver = true;
    cancel();
  };
}
