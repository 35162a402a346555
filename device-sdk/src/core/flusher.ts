import type { ModelTable } from '@usewire/protocol/model';
import type { Batch } from './journal.ts';
import { Lane } from './message-frame.ts';
import type { Models } from './models.ts';
import type { Settings } from './options.ts';
import type { LogLevel } from './ports.ts';
import type { Sender } from './sender.ts';
import type { Store } from './store.ts';

/** Decides when rows are handed to the storage and when they become messages: by count, bytes, age and priority. */
export interface Flusher {
  /** Counters and distributions become records; set once the points are there, null where the model has none. */
  flushPoints: ((nowMs: number, isLast: boolean) => void) | null;
  /** A batch may grow to this while the outbox has no room. */
  maxBatchBytes: number;
  onRow(batch: Batch): void;
  onLoss(): void;
  /** Everything that waits becomes messages. */
  cutAll(): void;
  /** The same for what had no room before; true when nothing waits any more. */
  cutRest(): boolean;
  /** Does what is due; returns the uptime at which something will be. */
  run(nowMs: number): number;
  /** The gateway refused a message of this size as too large: later ones are at most half of it. */
  limitMessageBytes(length: number): void;
}

export interface FlusherContext {
  store: Store;
  settings: Settings;
  models: Models;
  sender: Sender;
  nowMs: () => number;
  wake: () => void;
  log: (level: LogLevel, event: string, detail: string) => void;
  /** The platform ticks at the end of the turn. */
  handsOverLater: boolean;
}

const leastMessageBytes = 256;

/** How many batches a model can have open at once: one a subject, purpose that rests on consent, and lane. */
function batchesOf(table: ModelTable): number {
  const seen: { [key: string]: boolean } = {};
  let batches = 0;
  for (let i = 1; i < table.points.length; i++) {
    const point = table.points[i];
    const purpose = table.purposes[point.purpose];
    const key = point.priority + '.' + (purpose.needsConsent ? purpose.code : 0) + '.' + point.perSubject;
    if (!seen[key]) batches += point.perSubject ? table.subjects.length : 1;
    seen[key] = true;
  }
  return batches;
}

/** Every batch a model can have open at once must fit the memory and the quarter of the outbox that is for rows. */
function batchBound(settings: Settings, table: ModelTable): number {
  const batches = Math.max(3, batchesOf(table));
  const memory = settings.maxMemoryBytes / 4 / batches;
  const disk = settings.maxOutboxBytes / 8 / batches;
  return Math.max(512, Math.floor(Math.min(settings.flushBytes * 4, memory, disk)));
}

export function createFlusher(context: FlusherContext): Flusher {
  const store = context.store;
  const settings = context.settings;
  const maxBatchBytes = batchBound(settings, context.models.table);
  const flushBytes = Math.min(settings.flushBytes, Math.floor(maxBatchBytes / 2));
  let accumulateAtMs = context.nowMs() + settings.flushIntervalMs;
  let syncedAtMs = context.nowMs();
  let debtsSinceMs = -1;

  const isFull = function (batch: Batch): boolean {
    return batch.count >= settings.flushRecords || batch.rows.size >= flushBytes;
  };
  const dueMs = function (batch: Batch): number {
    if (batch.lane === Lane.critical) return batch.openedAtMs;
    const intervalMs = batch.lane === Lane.bulk ? settings.bulkFlushIntervalMs : settings.flushIntervalMs;
    return batch.openedAtMs + intervalMs;
  };
  const cut = function (batch: Batch): boolean {
    return batch.count === 0 || store.cut(batch, context.sender.canTakeLive());
  };
  const accumulate = function (nowMs: number, isLast: boolean): void {
    if (flusher.flushPoints !== null) flusher.flushPoints(nowMs, isLast);
    accumulateAtMs = nowMs + settings.flushIntervalMs;
  };
  const cutDebts = function (nowMs: number): number {
    store.ledger.commit();
    if (!store.ledger.hasDebts()) {
      debtsSinceMs = -1;
      return Infinity;
    }
    if (debtsSinceMs < 0) debtsSinceMs = nowMs;
    const atMs = debtsSinceMs + settings.flushIntervalMs;
    if (nowMs < atMs) return atMs;
    if (store.ledger.untold().length === 0) {
      // They are told as soon as they are durable; that wakes.
      store.syncer.request();
      return Infinity;
    }
    // Refused for want of room: with the next interval, not with every tick.
    debtsSinceMs = nowMs;
    store.cutDebts(context.sender.canTakeLive());
    return store.ledger.hasDebts() ? nowMs + settings.flushIntervalMs : Infinity;
  };
  const cutDue = function (nowMs: number): number {
    let nextMs = Infinity;
    const batches = store.journal.filled();
    for (let i = 0; i < batches.length; i++) {
      const batch = batches[i];
      if (isFull(batch) || dueMs(batch) <= nowMs) {
        // What does not fit now is tried again when the storage has made room, at the latest in a second.
        if (!cut(batch)) nextMs = Math.min(nextMs, nowMs + 1000);
      } else nextMs = Math.min(nextMs, dueMs(batch));
    }
    return nextMs;
  };
  const syncRows = function (nowMs: number): number {
    if (!store.journal.hasUnsynced()) return Infinity;
    const atMs = syncedAtMs + settings.syncIntervalMs;
    if (nowMs < atMs) return atMs;
    syncedAtMs = nowMs;
    store.journal.synced();
    store.syncer.request();
    return Infinity;
  };
  const flusher: Flusher = {
    flushPoints: null,
    maxBatchBytes: maxBatchBytes,
    onRow: function (batch: Batch): void {
      if (isFull(batch)) cut(batch);
      else if (!context.handsOverLater) store.journal.handOver();
      context.wake();
    },
    onLoss: function (): void {
      if (!context.handsOverLater) store.ledger.commit();
      context.wake();
    },
    cutAll: function (): void {
      accumulate(context.nowMs(), true);
      flusher.cutRest();
    },
    cutRest: function (): boolean {
      const batches = store.journal.filled();
      let isAll = true;
      for (let i = 0; i < batches.length; i++) isAll = cut(batches[i]) && isAll;
      store.ledger.commit();
      if (store.ledger.hasDebts()) store.cutDebts(context.sender.canTakeLive());
      return isAll && !store.ledger.hasDebts();
    },
    run: function (nowMs: number): number {
      if (nowMs >= accumulateAtMs) accumulate(nowMs, false);
      const cutMs = cutDue(nowMs);
      const debtsMs = cutDebts(nowMs);
      if (!store.journal.handOver())
        context.log('warn', 'storage.append', 'rows stay in memory and are tried again');
      const gatherMs = flusher.flushPoints === null ? Infinity : accumulateAtMs;
      return Math.min(cutMs, debtsMs, syncRows(nowMs), gatherMs);
    },
    limitMessageBytes: function (length: number): void {
      store.limitMessageBytes(Math.max(leastMessageBytes, Math.floor(length / 2)));
    },
  };
  return flusher;
}
