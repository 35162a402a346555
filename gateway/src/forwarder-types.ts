import type { BatchLimits } from './domain/batch-plan.ts';
import type { ForwardPolicy } from './domain/forward-machine.ts';
import type { Decoded } from './domain/forward-records.ts';
import type {
  Clock,
  DeviceId,
  EraseOutcome,
  Log,
  Scheduler,
  Spool,
  SpoolStore,
  StoredMessage,
  Tombstone,
} from './domain/ports.ts';
import type { Selection } from './domain/select-records.ts';
import type { SinkRules } from './domain/sink-rules.ts';

export interface ForwarderOptions {
  batch: BatchLimits;
  retry: ForwardPolicy;
  /** Which records the sink gets, and how it sees them; absent = all, as they are. */
  rules?: SinkRules;
  /** What people have opted out of never goes there (`consent/opt-outs.ts`). Default false. */
  thirdParty?: boolean;
  /** Default: as the sink's traits say. */
  order?: 'kept' | 'any';
  /** Batches under way at once, at the most; default and bound: the sink's traits. 1 where order is kept. */
  maxConcurrent?: number;
  /** Where order is not kept: records older than this when their turn comes are a backlog. Default 30,000. */
  backlogAfterMs?: number;
  /** Share of a backlog in the batches while new records wait, 1 to 99. Default 25. */
  backlogPercent?: number;
}

export interface ForwarderPorts {
  spool: Spool & Pick<SpoolStore, 'rowsAfter' | 'recordsAfter'>;
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
  /** Messages that the sink has still to get. */
  pending: number;
  state: 'idle' | 'sending' | 'backing-off' | 'down' | 'paused' | 'stopped';
  /** closed: it sends. open: it was given up until the next probe. half-open: a probe is under way. */
  breaker: 'closed' | 'open' | 'half-open';
  /** Batches under way, and how many there may be now. */
  underWay: number;
  concurrency: number;
  /** Records in the pending messages; null while they are being counted. */
  pendingRecords: number | null;
  /** Since the oldest pending message was received, ms; 0 = none is pending, null = the store cannot be read. */
  lagMs: number | null;
  /** Of the pending ones: messages that newer ones have overtaken. */
  backlog: number;
  messagesDelivered: number;
  recordsDelivered: number;
  /** Of messages that were delivered: records that are not for this sink. */
  recordsLeftOut: number;
  /** Records that were held back because a person has not agreed, or not any more. */
  recordsWithheld: number;
  messagesRejected: number;
  batches: number;
  attempts: number;
  retries: number;
  /** Of the newest retry or rejection; null after a batch got through. */
  lastProblem: string | null;
}

export interface Forwarder {
  readonly name: string;
  start(): void;
  /** New rows may be in the spool. */
  notify(): void;
  /** A person of this device took something back: an attempt under way that holds data of it ends now, and is made again without. */
  takenBack(id: DeviceId): void;
  /** Sends what is left, without waiting for a sink that is down; after `deadlineMs` the attempt is aborted. */
  drain(deadlineMs: number): Promise<void>;
  /** Rows of the spool were erased: batches that are at hand are read again before their next attempt. */
  erased(): void;
  /** Behind the batches under way, so that nothing of what is erased arrives later. Null: the sink has no way to erase. */
  erase(tombstone: Tombstone, signal: AbortSignal): Promise<EraseOutcome | null>;
  /** Ends with what is under way; after `deadlineMs` that is aborted. What is left waits for the next forwarder of this sink. */
  leave(deadlineMs: number): Promise<void>;
  status(): ForwarderStatus;
  /** Begins nothing new until `resume()`; remembered over restarts. */
  pause(): void;
  resume(): void;
  /** Everything behind `position` is sent again, once what is under way has its answer. */
  rewind(position: number): Promise<void>;
}
