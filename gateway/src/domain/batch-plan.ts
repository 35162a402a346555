export interface BatchLimits {
  maxRecords: number;
  maxBytes: number;
  /** How long the oldest message may wait for its batch to fill. */
  maxAgeMs: number;
}

/** What the planner needs of a message. */
export interface Plannable {
  recordCount: number;
  receivedAtMs: number;
  payload: { length: number };
}

export type BatchPlan =
  | { kind: 'empty' }
  /** Send the first `messages` rows. */
  | { kind: 'take'; messages: number }
  /** Not full and young: look again after this. */
  | { kind: 'wait'; ms: number };

/** Decides what to do with the rows after a cursor. `now` asks for whatever there is (drain, probe). */
export function planBatch(
  rows: readonly Plannable[],
  limits: BatchLimits,
  when: { nowMs: number; now: boolean },
): BatchPlan {
  const first = rows[0];
  if (first === undefined) return { kind: 'empty' };
  const { messages, full } = fill(rows, limits);
  if (full || when.now) return { kind: 'take', messages };
  const waitedMs = when.nowMs - first.receivedAtMs;
  // Received later than now: the wall clock was set back, by a day perhaps, and the batch must not wait until it has caught up.
  const leftMs = waitedMs < 0 ? 0 : limits.maxAgeMs - waitedMs;
  return leftMs <= 0 ? { kind: 'take', messages } : { kind: 'wait', ms: leftMs };
}

function fill(rows: readonly Plannable[], limits: BatchLimits): { messages: number; full: boolean } {
  let records = 0;
  let bytes = 0;
  let messages = 0;
  for (const row of rows) {
    records += row.recordCount;
    bytes += row.payload.length;
    // At least one: a message that is larger than a limit goes alone.
    if (messages > 0 && (records > limits.maxRecords || bytes > limits.maxBytes))
      return { messages, full: true };
    messages += 1;
  }
  return { messages, full: records >= limits.maxRecords || bytes >= limits.maxBytes };
}
