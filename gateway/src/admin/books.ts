import { type Books, books } from '../domain/books.ts';
import type { Clock, GatewayView, SinkTotals, SpoolStore } from '../domain/ports.ts';
import type { ForwarderStatus } from '../forwarder-types.ts';

/** One sink's account with the store: over restarts, but for its state. */
export interface SinkAccount extends SinkTotals {
  sink: string;
  state: ForwarderStatus['state'];
  /** Newest position in the store. */
  received: number;
  /** Everything up to here was answered by the sink. */
  position: number;
  /** Messages behind it. */
  pending: number;
  pendingRecords: number;
  /** Since the oldest message behind it was received, ms; 0 = none is behind. */
  lagMs: number;
  lastProblem: string | null;
}

export interface Accounts {
  phase: string;
  /** Since start. */
  books: Books;
  sinks: SinkAccount[];
}

export interface AccountSources {
  view: GatewayView;
  clock: Pick<Clock, 'nowMs'>;
  store: Pick<SpoolStore, 'readAfter' | 'lastPosition' | 'sinkTotals' | 'recordsAfter'>;
  forwarders(): ForwarderStatus[];
}

/** What `/api/books` answers. It reads the rows behind each sink: for people, not for a scrape every few seconds. */
export function accounts({ view, clock, store, forwarders }: AccountSources): Accounts {
  const sinks = forwarders().map((status): SinkAccount => {
    const { name: sink, state, cursor: position, pending, lastProblem } = status;
    const [oldest] = store.readAfter(position, { messages: 1, bytes: 1 });
    const lagMs = oldest === undefined ? 0 : Math.max(0, clock.nowMs() - oldest.receivedAtMs);
    const place = { received: store.lastPosition(), position, pending };
    const pendingRecords = pending === 0 ? 0 : store.recordsAfter(position);
    return { sink, state, ...place, ...store.sinkTotals(sink), pendingRecords, lagMs, lastProblem };
  });
  return {
    phase: view.phase(),
    books: books(view.counters(), view.gauges().uncommittedMessages),
    sinks,
  };
}
