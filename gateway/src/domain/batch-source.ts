import { type BatchLimits, type BatchPlan, planBatch } from './batch-plan.ts';
import type { Receipt, Spool, StoredMessage } from './ports.ts';

export interface CutBatch {
  messages: StoredMessage[];
  first: number;
  last: number;
}

export type NextBatch = { kind: 'batch'; batch: CutBatch } | Exclude<BatchPlan, { kind: 'take' }>;

/**
 * Cuts the next batch after a sink's cursor. A batch that may have been sent once, before a restart, is cut the same
 * way again: its end is written down before the first attempt, so its key (and a receiver's memory of it) stays valid.
 */
export function createBatchSource(spool: Spool, sink: string) {
  // ':' cannot stand in a sink's name, so this cursor is never a sink's own.
  const intent = `${sink}:sending`;
  const cut = (messages: StoredMessage[]): CutBatch => ({
    messages,
    first: messages[0]!.position,
    last: messages[messages.length - 1]!.position,
  });
  return {
    next(limits: BatchLimits, when: { nowMs: number; now: boolean }): NextBatch {
      const cursor = spool.cursor(sink);
      const begun = spool.cursor(intent);
      if (begun > cursor && limits.maxMessages === null) {
        // Positions may jump: that many rows are never in a batch.
        const all = { messages: Math.min(begun - cursor, 100_000), bytes: Number.MAX_SAFE_INTEGER };
        const rows = spool.readAfter(cursor, all).filter((row) => row.position <= begun);
        if (rows.length > 0) return { kind: 'batch', batch: cut(rows) };
      }
      const room = {
        messages: Math.min(limits.maxRecords, limits.maxMessages ?? limits.maxRecords),
        bytes: limits.maxBytes,
      };
      const rows = spool.readAfter(cursor, room);
      // As many rows as were asked for: there may be more behind them.
      const full = rows.length >= room.messages;
      const plan = planBatch(rows, limits, { nowMs: when.nowMs, now: when.now || full });
      return plan.kind === 'take' ? { kind: 'batch', batch: cut(rows.slice(0, plan.messages)) } : plan;
    },
    /** Durable: from now on the batch after the cursor ends at `position`. */
    begin(position: number): void {
      if (spool.cursor(intent) !== position) spool.advance(intent, position);
    },
    finish(position: number, receipt?: Receipt): void {
      spool.advance(sink, position, receipt);
    },
    cursor: () => spool.cursor(sink),
  };
}

export type BatchSource = ReturnType<typeof createBatchSource>;
