import type { Batch, Batches } from './batches.ts';
import { bulkLane, criticalLane, normalLane } from './message.ts';
import type { Settings } from './options.ts';
import type { Accumulator } from './points.ts';
import type { Store } from './store.ts';

/** Decides when rows are handed to the storage and when they become messages: by count, bytes, age and priority. */
export interface Flusher {
  onRow(batch: Batch): void;
  onLoss(): void;
  /** Everything that waits becomes messages. */
  cutAll(): void;
  /** The same for what had no room before; true when nothing waits any more. */
  cutRest(): boolean;
  /** Does what is due; returns the uptime at which something will be. */
  run(nowMs: number): number;
}

export interface FlusherContext {
  store(): Store;
  settings: Settings;
  batches: Batches;
  accumulators: Accumulator[];
  canTakeLive(): boolean;
  nowMs(): number;
  wake(): void;
  /** The platform ticks at the end of the turn. */
  handsOverLater: boolean;
  maxBatchBytes: number;
}

const retryMs = 1000;

export function createFlusher(context: FlusherContext): Flusher {
  const settings = context.settings;
  const batches = context.batches;
  const flushBytes = Math.min(settings.flushBytes, context.maxBatchBytes / 2);
  let accumulateAtMs = context.nowMs() + settings.flushIntervalMs;
  let syncedAtMs = context.nowMs();
  let debtsAtMs = Infinity;

  const isFull = (batch: Batch): boolean =>
    batch.rows.length >= settings.flushRecords || batch.bytes >= flushBytes;
  const dueMs = (batch: Batch): number => {
    const lane = batch.key & 3;
    if (lane === criticalLane) return batch.openedAtMs;
    return batch.openedAtMs + (lane === bulkLane ? settings.bulkFlushIntervalMs : settings.flushIntervalMs);
  };
  const cut = (batch: Batch): boolean => context.store().cut(batch, context.canTakeLive());
  const accumulate = (nowMs: number, isLast: boolean): void => {
    for (let i = 0; i < context.accumulators.length; i++) context.accumulators[i](nowMs, isLast);
    accumulateAtMs = nowMs + settings.flushIntervalMs;
  };
  const hasDebts = (): boolean => context.store().losses.debts.length > 0;
  /** A message with nothing but debts, where no other came by that told them. */
  const cutDebts = (nowMs: number): number => {
    if (!hasDebts()) debtsAtMs = Infinity;
    else if (debtsAtMs === Infinity) debtsAtMs = nowMs + settings.flushIntervalMs;
    else if (nowMs >= debtsAtMs)
      debtsAtMs = cut(batches.of(normalLane)) ? Infinity : nowMs + settings.flushIntervalMs;
    return debtsAtMs;
  };
  const cutDue = (nowMs: number): number => {
    let nextMs = Infinity;
    for (let i = 0; i < batches.all.length; i++) {
      const batch = batches.all[i];
      if (batch.rows.length === 0) continue;
      const isDue = isFull(batch) || dueMs(batch) <= nowMs;
      // What does not fit now is tried again when the storage has made room, at the latest in a second.
      if (!isDue) nextMs = Math.min(nextMs, dueMs(batch));
      else if (!cut(batch)) nextMs = Math.min(nextMs, nowMs + retryMs);
    }
    return nextMs;
  };
  const syncRows = (nowMs: number): number => {
    const disk = context.store().disk;
    if (disk.atRisk() === 0) return Infinity;
    const atMs = syncedAtMs + settings.syncIntervalMs;
    if (nowMs < atMs) return atMs;
    syncedAtMs = nowMs;
    disk.request();
    return Infinity;
  };
  const flusher: Flusher = {
    onRow: (batch) => {
      if (isFull(batch)) cut(batch);
      else flusher.onLoss();
      context.wake();
    },
    onLoss: () => {
      if (!context.handsOverLater) context.store().handOver();
      context.wake();
    },
    cutAll: () => {
      accumulate(context.nowMs(), true);
      flusher.cutRest();
    },
    cutRest: () => {
      const isAll = batches.all.reduce((all, batch) => (batch.rows.length === 0 || cut(batch)) && all, true);
      return (!hasDebts() || cut(batches.of(normalLane))) && isAll;
    },
    run: (nowMs) => {
      if (nowMs >= accumulateAtMs) accumulate(nowMs, false);
      const cutMs = cutDue(nowMs);
      const debtsMs = cutDebts(nowMs);
      context.store().handOver();
      const nextMs = Math.min(cutMs, debtsMs, syncRows(nowMs));
      return context.accumulators.length > 0 ? Math.min(nextMs, accumulateAtMs) : nextMs;
    },
  };
  return flusher;
}
