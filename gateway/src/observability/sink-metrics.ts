import type { Registry } from 'prom-client';
import type { ForwarderStatus } from '../forwarder-types.ts';
import { counter, gauge, type Sample } from './metric-kinds.ts';

/** By sink, of which there are as many as the configuration names. */
export function sinkMetrics(registry: Registry, forwarders: () => ForwarderStatus[]): void {
  const bySink = (read: (status: ForwarderStatus) => number | null) => (): Sample[] =>
    forwarders().flatMap((status): Sample[] => {
      const value = read(status);
      return value === null ? [] : [[{ sink: status.name }, value]];
    });
  const total = (name: string, help: string, read: (status: ForwarderStatus) => number) =>
    counter(registry, { name: `sink_${name}_total`, help, label: 'sink', read: bySink(read) });
  total('batches', 'Batches the sink accepted', (s) => s.batches);
  total('delivered_messages', 'Messages whose batch the sink accepted', (s) => s.messagesDelivered);
  total('delivered_records', 'Records the sink accepted', (s) => s.recordsDelivered);
  total(
    'withheld_records',
    'Records held back because a person has not agreed, or not any more',
    (s) => s.recordsWithheld,
  );
  total('left_out_records', 'Records that are not for the sink, by its rules', (s) => s.recordsLeftOut);
  total('rejected_messages', 'Messages the sink refused; they are in quarantine', (s) => s.messagesRejected);
  total('attempts', 'Deliveries tried', (s) => s.attempts);
  total('retries', 'Deliveries that have to be tried again', (s) => s.retries);
  const now = (name: string, help: string, read: (status: ForwarderStatus) => number | null) =>
    gauge(registry, { name: `sink_${name}`, help, label: 'sink', read: bySink(read) });
  now('pending_messages', 'Messages stored and not yet delivered', (s) => s.pending);
  now('pending_records', 'Records stored and not yet delivered', (s) => s.pendingRecords);
  now('backlog_messages', 'Pending messages that newer ones have overtaken', (s) => s.backlog);
  now('lag_seconds', 'Age of the oldest message that is not delivered', (s) =>
    s.lagMs === null ? null : s.lagMs / 1_000,
  );
  now('up', '0 after repeated failures, until one delivery succeeds', (s) => Number(s.state !== 'down'));
  now('breaker', '0 closed, 1 half-open (a probe is due), 2 open', (s) => BREAKER[s.breaker]);
  now('paused', '1 while an operator has paused the sink', (s) => Number(s.state === 'paused'));
  now('batches_under_way', 'Batches that the sink has now', (s) => s.underWay);
  now('concurrency', 'Batches that may be under way, as found by trying', (s) => s.concurrency);
}

const BREAKER = { closed: 0, 'half-open': 1, open: 2 };
