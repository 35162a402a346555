import type { Log } from './domain/ports.ts';

/** What came of reading the configuration again. */
export type ReloadReport =
  | {
      ok: true;
      added: string[];
      changed: string[];
      removed: string[];
      /** Parts of the configuration that have changed and hold only after a restart, as `listen.mqtt`. */
      needsRestart: string[];
    }
  | { ok: false; problems: string[] };

export interface ReloadCounts {
  applied: number;
  refused: number;
  /** Of the last one; true before there was any. */
  isGood: boolean;
  /** Unix ms of the last one that was applied; 0 = none was. */
  appliedAtMs: number;
}

export interface Reloader {
  /** One at a time, in the order asked. */
  reload(): Promise<ReloadReport>;
  counts(): ReloadCounts;
}

/** Counts and tells what `apply` does. A configuration that is wrong changes nothing: what runs goes on. */
export function createReloader(
  apply: () => Promise<ReloadReport>,
  { log, nowMs }: { log: Log; nowMs(): number },
): Reloader {
  const counts: ReloadCounts = { applied: 0, refused: 0, isGood: true, appliedAtMs: 0 };
  let last: Promise<unknown> = Promise.resolve();

  async function once(): Promise<ReloadReport> {
    const report = await apply().catch((error): ReloadReport => ({ ok: false, problems: [String(error)] }));
    counts.isGood = report.ok;
    counts[report.ok ? 'applied' : 'refused'] += 1;
    if (report.ok) counts.appliedAtMs = nowMs();
    tell(report);
    return report;
  }

  function tell(report: ReloadReport): void {
    if (!report.ok) {
      log.error('config.refused', {
        problems: report.problems,
        next: 'the configuration before goes on running',
      });
      return;
    }
    const { needsRestart, added, changed, removed } = report;
    log.info('config.reloaded', { added, changed, removed });
    if (needsRestart.length > 0) log.warn('config.needs-restart', { parts: needsRestart });
  }

  return {
    reload() {
      const next = last.then(once);
      last = next;
      return next;
    },
    counts: () => ({ ...counts }),
  };
}
