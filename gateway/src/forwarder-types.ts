import type { BatchLimits } from './domain/batch-plan.ts';
import type { ForwardPolicy } from './domain/forward-machine.ts';
import type { Decoded } from './domain/forward-records.ts';
import type { Clock, Log, Scheduler, Spool, StoredMessage } from './domain/ports.ts';

export interface ForwarderOptions {
  batch: Omit<BatchLimits, 'maxMessages'>;
  retry: ForwardPolicy;
}

export interface ForwarderPorts {
  spool: Spool & { lastPosition(): number; rowsAfter(position: number): number };
  clock: Clock;
  scheduler: Scheduler;
  /** 0 <= x < 1 */
  random(): number;
  log: Log;
  decode(messages: readonly StoredMessage[]): Decoded;
}

/** What happened since the forwarder was made, and where it stands. */
export interface ForwarderStatus {
  name: string;
  /** Everything up to this position is done with. */
  cursor: number;
  /** Messages behind the cursor that the sink has still to get. */
  pending: number;
  state: 'idle' | 'sending' | 'backing-off' | 'down' | 'stopped';
  messagesDelivered: number;
  recordsDelivered: number;
  messagesRejected: number;
  attempts: number;
  retries: number;
  /** Of the newest retry or rejection; null after a batch got through. */
  lastProblem: string | null;
}

export interface Forwarder {
  start(): void;
  /** New rows may be in the spool. */
  notify(): void;
  /** Sends what is left, without waiting for a sink that is down; after `deadlineMs` the attempt is aborted. */
  drain(deadlineMs: number): Promise<void>;
  status(): ForwarderStatus;
}
