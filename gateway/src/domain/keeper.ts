import type { Devices } from './devices.ts';
import type { Clock, Log, Scheduler, SpoolCheckpoint, SpoolStore } from './ports.ts';

export interface KeeperOptions {
  /** How long delivered rows stay. */
  retentionMs: number;
  maxBytes: number;
  /** Of `maxBytes`: from here on the operator is warned. */
  highWaterPercent: number;
  /** Names of the sinks whose cursors hold rows back. */
  sinks(): readonly string[];
  /** Nothing that came before this may be held, also not for a sink that is away; null = nothing can be said. */
  expiredBeforeMs?(): number | null;
}

export interface KeeperPorts {
  store: SpoolStore;
  devices: Devices;
  clock: Clock;
  scheduler: Scheduler;
  log: Log;
}

export interface Keeper {
  start(): void;
  /** After each commit. */
  committed(): void;
  /** Whether the store has passed its mark, and is not clearly below it again. */
  alarm(): boolean;
  /** Saves once more and stops. */
  stop(): void;
}

/** What may be lost of counters by a crash is rebuilt from the rows behind the snapshot. */
const INTERVAL_MS = 5_000;
const FIRST_MS = 1_000;
/**
 * That many rows without a snapshot bring the next one early: a start reads about a million of them a second, and devices wait for it. At 5,000
 * messages a second the interval comes first.
 */
export const MAX_UNSAVED_ROWS = 200_000;
/** Above this share of the limit, delivered rows go at once. */
const TIGHT = 0.8;
/** Below the mark by so much the alarm is over: a store that stands at its mark must not fill the log. */
const CLEAR_PERCENT = 5;

/** Saves the state of devices and boots, and prunes rows that every sink has and whose retention is over. */
export function keeper(options: KeeperOptions, ports: KeeperPorts): Keeper {
  const { store, devices, clock, scheduler, log } = ports;
  let cancel: (() => void) | null = null;
  // Of the last attempt: one that fails, on a full disk, is not tried again with every commit.
  let triedPosition = 0;
  let failing: string | null = null;
  let alarm = false;

  function watchSpace(): void {
    const usedBytes = store.usedBytes();
    const percent = Math.floor((usedBytes / options.maxBytes) * 100);
    const mark = options.highWaterPercent - (alarm ? CLEAR_PERCENT : 0);
    if (percent >= mark === alarm) return;
    alarm = !alarm;
    const fields = { percent, usedBytes, maxBytes: options.maxBytes };
    if (alarm) log.warn('spool.high', { ...fields, atTheLimit: 'devices are not acknowledged any more' });
    else log.info('spool.clear', fields);
  }

  function pruneRule(): NonNullable<SpoolCheckpoint['prune']> {
    const tight = store.usedBytes() > options.maxBytes * TIGHT;
    const receivedBeforeMs = tight ? Number.MAX_SAFE_INTEGER : clock.nowMs() - options.retentionMs;
    return { receivedBeforeMs, sinks: options.sinks(), expiredBeforeMs: options.expiredBeforeMs?.() ?? null };
  }

  function save(prune: boolean): boolean {
    triedPosition = store.lastPosition();
    const { saved, ...state } = devices.changed();
    const outcome = store.checkpoint(prune ? { ...state, prune: pruneRule() } : state);
    if (!outcome.ok) {
      // Once, not every five seconds of an outage.
      if (failing !== outcome.failure.code) log.warn('spool.checkpoint.failed', { ...outcome.failure });
      failing = outcome.failure.code;
      return false;
    }
    failing = null;
    saved();
    if (outcome.pruned > 0) log.debug('spool.pruned', { messages: outcome.pruned });
    return outcome.pruned > 0;
  }

  function turn(): void {
    // While rows go there may be more: short transactions, one after the other, with commits in between.
    const again = save(true);
    watchSpace();
    cancel = scheduler.after(again ? 50 : INTERVAL_MS, turn);
  }

  return {
    start: () => {
      // Soon, for what an earlier life left unsaved: else lives that are short would each leave the next one more to read.
      cancel = scheduler.after(FIRST_MS, turn);
      triedPosition = store.lastPosition();
    },
    committed: () => {
      if (store.lastPosition() - triedPosition < MAX_UNSAVED_ROWS) return;
      cancel?.();
      turn();
    },
    alarm: () => alarm,
    stop: () => {
      cancel?.();
      save(false);
    },
  };
}
