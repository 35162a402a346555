import type { Devices } from './devices.ts';
import type { Clock, Log, Scheduler, SpoolCheckpoint, SpoolStore } from './ports.ts';

export interface KeeperOptions {
  /** How long delivered rows stay. */
  retentionMs: number;
  maxBytes: number;
  /** Names of the sinks whose cursors hold rows back. */
  sinks: readonly string[];
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
  /** Saves once more and stops. */
  stop(): void;
}

/** What may be lost of counters by a crash is rebuilt from the rows; this bounds how many rows a start has to read. */
const INTERVAL_MS = 5_000;
/** Above this share of the limit, delivered rows go at once. */
const TIGHT = 0.8;

/** Saves the state of devices and boots, and prunes rows that every sink has and whose retention is over. */
export function keeper(options: KeeperOptions, ports: KeeperPorts): Keeper {
  const { store, devices, clock, scheduler, log } = ports;
  let cancel: (() => void) | null = null;

  function pruneRule(): NonNullable<SpoolCheckpoint['prune']> {
    const tight = store.usedBytes() > options.maxBytes * TIGHT;
    const receivedBeforeMs = tight ? Number.MAX_SAFE_INTEGER : clock.nowMs() - options.retentionMs;
    return { receivedBeforeMs, sinks: options.sinks };
  }

  function save(prune: boolean): boolean {
    const { saved, ...state } = devices.changed();
    const outcome = store.checkpoint(prune ? { ...state, prune: pruneRule() } : state);
    if (!outcome.ok) {
      log.warn('spool.checkpoint.failed', { ...outcome.failure });
      return false;
    }
    saved();
    if (outcome.pruned > 0) log.debug('spool.pruned', { messages: outcome.pruned });
    return outcome.pruned > 0;
  }

  function turn(): void {
    // While rows go there may be more: short transactions, one after the other, with commits in between.
    const again = save(true);
    cancel = scheduler.after(again ? 50 : INTERVAL_MS, turn);
  }

  return {
    start: () => {
      cancel = scheduler.after(INTERVAL_MS, turn);
    },
    stop: () => {
      cancel?.();
      save(false);
    },
  };
}
