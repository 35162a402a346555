import type { StoragePort } from './ports.ts';

/**
 * Groups calls of `storage.sync`: one at a time, and what was written while it ran is covered by the next.
 * `stamp()` names the group that covers what has been written up to now.
 */
export interface Syncer {
  stamp(): number;
  isDurable(stamp: number): boolean;
  /** Asks for a sync at the next `run`. */
  request(): void;
  /** Starts a sync when one is asked for and none is running. */
  run(nowMs: number): void;
  /** When `run` wants to be called again, or Infinity. */
  dueMs(): number;
  failures(): number;
  /** Counts records that were written just now. */
  note(records: number): void;
  /** Records that a loss of power would take: written, and not covered by a sync that is done. */
  atRisk(): number;
}

const retryMs = 1000;

export function createSyncer(storage: StoragePort, onDurable: () => void): Syncer {
  let current = 1;
  let durable = 0;
  let wanted = false;
  let running = false;
  let holdUntilMs = 0;
  let failed = 0;
  let fresh = 0;
  let underWay = 0;
  const start = function (nowMs: number): void {
    const covered = current;
    current += 1;
    wanted = false;
    running = true;
    underWay = fresh;
    fresh = 0;
    storage.sync(function (ok: boolean): void {
      running = false;
      if (ok) durable = covered;
      else {
        fresh += underWay;
        failed += 1;
        wanted = true;
        holdUntilMs = nowMs + retryMs;
      }
      underWay = 0;
      onDurable();
    });
  };
  return {
    stamp: function (): number {
      return current;
    },
    isDurable: function (stamp: number): boolean {
      return stamp <= durable;
    },
    request: function (): void {
      wanted = true;
    },
    run: function (nowMs: number): void {
      if (wanted && !running && nowMs >= holdUntilMs) start(nowMs);
    },
    dueMs: function (): number {
      return wanted && !running ? holdUntilMs : Infinity;
    },
    failures: function (): number {
      return failed;
    },
    note: function (records: number): void {
      fresh += records;
    },
    atRisk: function (): number {
      return fresh + underWay;
    },
  };
}
