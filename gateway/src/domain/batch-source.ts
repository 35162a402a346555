import { type BatchLimits, type BatchPlan, planBatch } from './batch-plan.ts';
import { afterTurn, type Lane, nextLane } from './fair-turns.ts';
import type { Receipt, SinkProgress, Spool, StoredMessage } from './ports.ts';
import { positionReceivedAfter } from './position-at.ts';
import { begin, begunRanges, finish, headOf, holesUpTo, type Range, split } from './progress.ts';

export interface CutBatch extends Range {
  messages: StoredMessage[];
  lane: Lane;
}

export type NextBatch = { kind: 'batch'; batch: CutBatch } | Exclude<BatchPlan, { kind: 'take' }>;

/** In which order a sink gets its records. */
export interface OrderOptions {
  /** 'kept': oldest first, always. 'any': new ones first, what is older than `backlogAfterMs` as a backlog beside them. */
  order: 'kept' | 'any';
  backlogAfterMs: number;
  /** Of the batches while new records wait, 1 to 99. */
  backlogPercent: number;
}

export interface When {
  nowMs: number;
  /** Takes whatever there is (drain). */
  now: boolean;
  /** Batches that may be under way altogether. */
  limit: number;
}

export const inOrder: OrderOptions = { order: 'kept', backlogAfterMs: 0, backlogPercent: 25 };

/** Each leap over a backlog may leave a hole in what is done: with so many the next one waits in line, so that the note of them stays small. */
const MAX_HOLES = 64;

/**
 * Cuts batches out of the spool for one sink, and keeps how far it is. A batch that may have been sent once, before a restart, is cut the same
 * way again: its ends are written down before the first attempt, so its key (and a receiver's memory of it) stays valid.
 */
export function createBatchSource(spool: Spool, sink: string, options: OrderOptions = inOrder) {
  let progress = spool.progress(sink);
  // Where new records begin: behind everything that was cut, or behind a backlog that was leapt over.
  let liveFrom = headOf(progress) + 1;
  let turns = 0;
  const backlogUnderWay = new Set<number>();

  function read({ first, last }: Range, room: { messages: number; bytes: number }): StoredMessage[] {
    return spool.readAfter(first - 1, room).filter(({ position }) => position <= last);
  }

  function cut(first: number, messages: StoredMessage[], lane: Lane): NextBatch {
    const last = messages.at(-1)!.position;
    const batch: CutBatch = { first, last, messages, lane };
    progress = begin(progress, batch);
    liveFrom = Math.max(liveFrom, last + 1);
    turns = afterTurn(turns, lane, options.backlogPercent);
    if (lane === 'backlog') backlogUnderWay.add(batch.first);
    return { kind: 'batch', batch };
  }

  /** The oldest rows that were not sent. Stretches without rows are done with: they were pruned, or a rescue lost them. */
  function backlog(): Range | null {
    for (;;) {
      const [hole] = holesUpTo(progress, liveFrom - 1);
      if (hole === undefined) return null;
      if (read(hole, { messages: 1, bytes: 1 }).length > 0) return hole;
      progress = finish(progress, hole);
    }
  }

  /** The same for what is behind everything that was cut. */
  function passEmpty(): void {
    const last = spool.lastPosition();
    if (last < liveFrom) return;
    progress = finish(progress, { first: liveFrom, last });
    liveFrom = last + 1;
  }

  /** New records that have waited too long are new no more: they become a backlog, and new is what was received since. */
  function leapIfLate(rows: readonly StoredMessage[], nowMs: number): boolean {
    const oldest = rows[0];
    if (options.order === 'kept' || oldest === undefined) return false;
    if (nowMs - oldest.receivedAtMs < options.backlogAfterMs) return false;
    if (holesUpTo(progress, liveFrom - 1).length >= MAX_HOLES) return false;
    liveFrom = positionReceivedAfter(spool, nowMs - options.backlogAfterMs, liveFrom);
    return true;
  }

  function next(limits: BatchLimits, when: When): NextBatch {
    const rows = spool.readAfter(liveFrom - 1, roomOf(limits));
    if (leapIfLate(rows, when.nowMs)) return next(limits, when);
    // As many rows as were asked for: there may be more behind them.
    const full = rows.length >= roomOf(limits).messages;
    const plan = planBatch(rows, limits, { nowMs: when.nowMs, now: when.now || full });
    const old = backlog();
    const waiting = {
      // In order nothing is sent before what is older.
      live: plan.kind === 'take' && (options.order === 'any' || old === null),
      backlog: old !== null,
      backlogUnderWay: backlogUnderWay.size,
      limit: when.limit,
    };
    const lane = nextLane(turns, waiting, options.backlogPercent);
    if (lane === 'backlog') return cut(old!.first, taken(read(old!, roomOf(limits)), limits), lane);
    if (lane === 'live') return cut(liveFrom, taken(rows, limits), lane);
    if (plan.kind === 'empty') passEmpty();
    // What waits for a backlog to come back is looked for again then.
    return plan.kind === 'wait' ? plan : { kind: 'empty' };
  }

  return {
    next,
    /** Batches that were begun in an earlier life, oldest first. */
    begun: () => begunRanges(progress),
    /** A begun batch once more, the same rows. */
    again(range: Range): CutBatch {
      // Positions may jump: that many rows are never in a batch.
      const all = {
        messages: Math.min(range.last - range.first + 1, 100_000),
        bytes: Number.MAX_SAFE_INTEGER,
      };
      return { ...range, messages: read(range, all), lane: 'live' };
    },
    /** Durable: from now on what was cut ends where it was cut. */
    begin: () => spool.advance(sink, progress),
    finish(range: Range, receipt?: Receipt): void {
      backlogUnderWay.delete(range.first);
      progress = finish(progress, range);
      spool.advance(sink, progress, receipt);
    },
    split(range: Range, middle: number): void {
      progress = split(progress, range, middle);
    },
    /** Durable: everything behind `position` is to be sent, whatever was sent of it. Nothing may be under way. */
    rewind(position: number): void {
      progress = { cursor: position, done: [], begun: [] };
      liveFrom = position + 1;
      backlogUnderWay.clear();
      spool.advance(sink, progress);
    },
    progress: (): SinkProgress => progress,
  };
}

export type BatchSource = ReturnType<typeof createBatchSource>;

function taken(rows: readonly StoredMessage[], limits: BatchLimits): StoredMessage[] {
  const plan = planBatch(rows, limits, { nowMs: 0, now: true });
  return rows.slice(0, plan.kind === 'take' ? plan.messages : 0);
}

function roomOf({ maxRecords, maxBytes }: BatchLimits): { messages: number; bytes: number } {
  return { messages: maxRecords, bytes: maxBytes };
}
