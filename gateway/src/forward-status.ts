import { type ForwardState, roomIn } from './domain/forward-machine.ts';
import type { SinkProgress } from './domain/ports.ts';
import { doneRanges } from './domain/progress.ts';
import type { ForwarderPorts, ForwarderStatus } from './forwarder-types.ts';

/** What happened since the forwarder was made. */
export function newCounts() {
  return {
    batches: 0,
    messagesDelivered: 0,
    recordsDelivered: 0,
    recordsLeftOut: 0,
    recordsWithheld: 0,
    messagesRejected: 0,
    attempts: 0,
    retries: 0,
  };
}

interface Sources {
  state: ForwardState;
  counts: ReturnType<typeof newCounts>;
  lastProblem: string | null;
  progress: SinkProgress;
  pendingRecords: number | null;
  nowMs: number;
  spool: Pick<ForwarderPorts['spool'], 'rowsAfter' | 'readAfter'>;
}

export function forwardStatus(
  name: string,
  { state, counts, lastProblem, progress, spool, ...now }: Sources,
): ForwarderStatus {
  const rowsIn = (first: number, last: number) => spool.rowsAfter(first - 1) - spool.rowsAfter(last);
  const done = doneRanges(progress);
  const ahead = done.reduce((rows, { first, last }) => rows + rowsIn(first, last), 0);
  const lastDone = done.at(-1)?.last ?? progress.cursor;
  return {
    name,
    cursor: progress.cursor,
    pending: spool.rowsAfter(progress.cursor) - ahead,
    pendingRecords: now.pendingRecords,
    lagMs: lagMs(spool, progress.cursor, now.nowMs),
    backlog: rowsIn(progress.cursor + 1, lastDone) - ahead,
    state: stateOf(state),
    breaker: breakerOf(state),
    underWay: state.flying.length,
    concurrency: state.limit.current,
    ...counts,
    lastProblem,
  };
}

/** What is not done with begins behind the cursor. */
function lagMs(spool: Sources['spool'], cursor: number, nowMs: number): number | null {
  try {
    const [oldest] = spool.readAfter(cursor, { messages: 1, bytes: 1 });
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.receivedAtMs);
  } catch {
    return null;
  }
}

function stateOf(state: ForwardState): ForwarderStatus['state'] {
  if (state.phase === 'stopped' || state.phase === 'paused') return state.phase;
  if (state.down) return 'down';
  if (state.isBackingOff) return 'backing-off';
  return state.flying.length > 0 ? 'sending' : 'idle';
}

function breakerOf(state: ForwardState): ForwarderStatus['breaker'] {
  if (!state.down) return 'closed';
  return state.flying.length > 0 || roomIn(state) > 0 ? 'half-open' : 'open';
}
