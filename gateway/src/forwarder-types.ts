import type { BatchLimits } from './domain/batch-plan.ts';
import type { ForwardPolicy } from './domain/forward-machine.ts';
import type { Decoded } from './domain/forward-records.ts';
import type { Clock, DeviceId, Log, Scheduler, Spool, StoredMessage } from './domain/ports.ts';
import type { Selection } from './domain/select-records.ts';
import type { SinkRules } from './domain/sink-rules.ts';

export interface ForwarderOptions {
  batch: Omit<BatchLimits, 'maxMessages'>;
  retry: ForwardPolicy;
  /** Which records the sink gets, and how it sees them; absent = all, as they are. */
  rules?: SinkRules;
}

export interface ForwarderPorts {
  spool: Spool & { lastPosition(): number; rowsAfter(position: number): number };
  clock: Clock;
  scheduler: Scheduler;
  /** 0 <= x < 1 */
  random(): number;
  log: Log;
  decode(messages: readonly StoredMessage[]): Decoded;
  select: Selection;
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
  /** Of messages that were delivered: records that are not for this sink. */
  recordsLeftOut: number;
  /** Records that were held back because a person has not agreed, or not any more. */
  recordsWithheld: number;
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
  /** A person of this device took something back: an attempt under way that holds data of it ends now, and is made again without. */
  takenBack(id: DeviceId): void;
  /** Sends what is left, without waiting for a sink that is down; after `deadlineMs` the attempt is aborted. */
  drain(deadlineMs: number): Promise<void>;
  status(): ForwarderStatus;
}
