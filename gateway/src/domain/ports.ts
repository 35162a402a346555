/**
 * The seams of the gateway. Domain code is a function of its inputs and reaches the world only through these.
 * Data flows one way: link -> guard -> admit -> spool (commit) -> ack -> forwarders -> sinks.
 */

import type { Model } from '@usewire/protocol/model';
import type { EraseOutcome, Tombstone } from './erasure/erasure.ts';
import type { ErasureStore } from './erasure/erasure-store.ts';
import type { SpoolFailure } from './spool-failure.ts';
import type {
  AdmittedMessage,
  AuditEntry,
  BootSnapshot,
  DeviceId,
  DeviceRow,
  LedgerRow,
  LinkOpened,
  MessageKey,
  QuarantinedMessage,
  QuarantineEntry,
  QuarantineFilter,
  Receipt,
  SinkProgress,
  SinkTotals,
  SpoolChanges,
  SpoolCheckpoint,
  SpoolSize,
  SpoolState,
  StoredMessage,
} from './stored.ts';

export type { EraseOutcome, Tombstone } from './erasure/erasure.ts';
export type { SpoolFailure } from './spool-failure.ts';

import type { Retention } from './retention.ts';

export type * from './stored.ts';

export interface Clock {
  /** Unix time in ms. */
  nowMs(): number;
  /** Monotonic ms, never stepped. */
  monotonicMs(): number;
}

export type CommitOutcome = { ok: true } | { ok: false; failure: SpoolFailure };

/** The durable store. All of one `commit` becomes durable together, or nothing of it. */
export interface Spool {
  commit(
    messages: readonly AdmittedMessage[],
    quarantined: readonly QuarantinedMessage[],
    changes?: SpoolChanges,
  ): Promise<CommitOutcome>;
  /** Rows after `position`, in order, up to both limits (at least one row when there is one). */
  readAfter(position: number, limit: { messages: number; bytes: number }): StoredMessage[];
  cursor(sink: string): number;
  progress(sink: string): SinkProgress;
  /** Durable: so far is `sink`. A position alone says that everything up to it has been delivered, and nothing else was begun. */
  advance(sink: string, to: number | SinkProgress, receipt?: Receipt): void;
  /** Position of the newest row; 0 = none yet. */
  lastPosition(): number;
  close(): Promise<void>;
}

export interface ConsentsOf {
  tenant: string;
  device?: string | undefined;
  /** Numbers above this one. */
  after?: number;
  /** 10,000 unless told. */
  limit?: number;
}

/** The spool with what start, admin and retention need of it. */
export interface SpoolStore extends Spool {
  load(): SpoolState;
  checkpoint(
    checkpoint: SpoolCheckpoint,
  ): { ok: true; pruned: number } | { ok: false; failure: SpoolFailure };
  /** Newest first, unless `afterId` is given. */
  quarantine(filter: QuarantineFilter): QuarantineEntry[];
  /** Messages parked for a model (reason 'unknownModel') by the hex of its 4-byte hash, oldest first; of one tenant, or of all ('', a model of the operator). */
  parked(of: { tenant: string; modelHash: string }, limit: number): QuarantineEntry[];
  /** Numbers of messages in quarantine, where they could be read: of one device, or of all. */
  quarantinedSeqs(id?: DeviceId): MessageKey[];
  /** How many of a device's entries were pushed out by newer ones. */
  quarantineDropped(id: DeviceId): number;
  /** Newest first, 1,000 at the most. */
  audit(): AuditEntry[];
  /** What a sink has answered, ever. */
  sinkTotals(sink: string): SinkTotals;
  /** Records behind a position, up to another one (default: all); reads every row between. */
  recordsAfter(position: number, through?: number): number;
  /** Reads every row of the store: for people who ask, not on the path of messages. */
  findMessage(key: MessageKey): StoredMessage | null;
  /** Every cursor ever saved, also of sinks that are gone; names with ':' are notes of forwarders. */
  cursors(): { sink: string; position: number }[];
  /** What a sink answered to the batch that holds a position; null = none is kept. */
  receipt(sink: string, position: number): Receipt | null;
  /** The last connection of a device that was open at, or opened before, a time. */
  linkAt(id: DeviceId, atMs: number): LinkOpened | null;
  /** The consent ledger in the order of its numbers, from one on: of a device, or all of a tenant. */
  consents(of: ConsentsOf): LedgerRow[];
  /** Tenants that have a ledger. */
  consentTenants(): string[];
  /** A boot as it was saved last; null = there never was one of this name. */
  findBoot(key: DeviceId & { boot: string }): BootSnapshot | null;
  erasing: ErasureStore;
  size(): SpoolSize;
  /** As in `size()`, without counting anything. */
  usedBytes(): number;
  /** Rows behind a position that is 0, of a row, or of the newest one. Counts nothing. */
  rowsAfter(position: number): number;
}

/** Sequence numbers of a boot that have not arrived, neither stored nor in quarantine: closed range. */
export interface SequenceGap extends DeviceId {
  boot: string;
  first: number;
  last: number;
}

/** Counters since start; only grow. */
export interface GatewayCounters {
  /** Messages of devices that were let in, also those that the link refused before it looked into them. */
  arrived: number;
  /**
   * Of them, those that the link did not refuse. `books.ts` has what becomes of them.
   */
  received: number;
  /** Messages that say how the device is or what its model is; they are not kept as messages. */
  reports: number;
  /** Messages that waited in quarantine for their model and were taken in since. */
  released: number;
  /** Stored, each once. */
  messages: number;
  records: number;
  gapRecords: number;
  bytes: number;
  duplicates: number;
  acks: number;
  commits: number;
  commitFailures: number;
  nacks: number;
  /** Nacks not sent, because the device had been told of a hundred faults within ten seconds. */
  nacksHeldBack: number;
  modelRequests: number;
  clockImplausible: number;
  /** Models that devices told and that were not taken, by cause. */
  modelsRefused: Record<string, number>;
  /** QoS 0 telemetry: stored, but without any promise. */
  unacknowledged: number;
  /** Frames of devices that have keys, by level ('S0' to 'S3'), that were opened. */
  sealed: Record<string, number>;
  /** Times that a device was not read for a while, because it had sent more than its share. */
  pauses: number;
  /** By reason (names of wire codes). */
  quarantined: Record<string, number>;
  /** Messages left with their device, by cause. */
  messagesRefused: Record<string, number>;
  /** Messages that a person has not agreed to, by reason: acknowledged, and not kept. */
  discarded: Record<string, number>;
  /** Connections refused or closed by the gateway, by reason. */
  refused: Record<string, number>;
}

/** What is happening now. */
export interface GatewayGauges {
  connections: number;
  /** Connections among them that have not said who they are. */
  unidentified: number;
  uncommittedBytes: number;
  /** Messages in a commit that is being gathered or under way. */
  uncommittedMessages: number;
  paused: boolean;
  /** Why commits fail now; null while they succeed. */
  storageFailure: SpoolFailure | null;
  /** The store has passed `highWaterPercent` of its limit. */
  spaceAlarm: boolean;
  /** Duration of the last commits, ms. */
  lastCommitMs: number;
}

/** A serial port and the device that it is for. */
export interface SerialPortStatus extends DeviceId {
  path: string;
  state: 'open' | 'away' | 'closed';
  /** The device has called and was let in. */
  isIn: boolean;
  /** What an operator should know; null = nothing is wrong. */
  problem: string | null;
  /** Times that it was opened. */
  opened: number;
  bytes: number;
  frames: number;
  /** Cut, changed on the way, too long, or of a type that is not known. */
  badFrames: number;
}

/** One connection to the MQTT cluster that devices are behind. */
export interface ClusterConnectionStatus {
  clientId: string;
  url: string;
  isUp: boolean;
  /** Times that it came up. */
  opened: number;
  /** Messages that came over it and wait for their commit. */
  waiting: number;
  /** Why it is not up; null = nothing is wrong. */
  problem: string | null;
}

/** Read side for admin, metrics, `tail`. Everything answers from memory but `quarantine`, `findMessage`, `consents`. */
export interface GatewayView {
  counters(): GatewayCounters;
  gauges(): GatewayGauges;
  devices(): DeviceRow[];
  serialPorts(): SerialPortStatus[];
  clusterConnections(): ClusterConnectionStatus[];
  gaps(id?: DeviceId): SequenceGap[];
  quarantine(filter: QuarantineFilter): QuarantineEntry[];
  findMessage(key: MessageKey): StoredMessage | null;
  consents(of: ConsentsOf): LedgerRow[];
  size(): SpoolSize;
  /** 'starting' | 'ready' | 'draining' | 'stopped'. */
  phase(): GatewayPhase;
}

export type GatewayPhase = 'starting' | 'ready' | 'draining' | 'stopped';

/** Defers work without the domain knowing of an event loop. */
export interface Scheduler {
  /** After the input that is at hand now has been taken in. */
  soon(task: () => void): void;
  /** Returns a function that cancels. */
  after(delayMs: number, task: () => void): () => void;
}

/** Where an acknowledgement goes: a connection. `ack` gathers, `flush` writes what was gathered at once. */
export interface AckTarget {
  ack(token: number): void;
  flush(): void;
}

/** Sends a message of the gateway to a device, best effort. */
export interface Downlink {
  /** `unsealed`: as it is, also to a device that has keys. */
  send(id: DeviceId, payload: Uint8Array, options?: { unsealed: boolean }): void;
}

/** One record as sinks see it: what the device said plus what the gateway knows. */
export interface SinkRecord extends DeviceId {
  product: string;
  /** Position in the spool of the message it came in. */
  position: number;
  /** Point name, and its number in the model. */
  point: string;
  pointId: number;
  kind: string;
  /** Subject slot's name, or null. */
  subject: string | null;
  boot: string;
  seq: number;
  index: number;
  /** When it happened: Unix ms by the best knowledge, ms of uptime as the device said. */
  atMs: number;
  uptimeMs: number;
  timeQuality: number;
  timeBoundMs: number | null;
  receivedAtMs: number;
  consentEpoch: number;
  modelHash: string;
  /** In model units (scaled); enum as its label; a session's duration in seconds; null where the kind has none. */
  value: number | string | boolean | null | HistogramValue;
  attributes: Record<string, AttributeValue>;
  /** 'out_of_range' where the model keeps such values. */
  flags: string[];
}

export type AttributeValue = number | string | boolean | { lat: number; lon: number; accuracyM?: number };

export interface HistogramValue {
  count: number;
  sum: number;
  min: number;
  max: number;
  scale: number;
  zeroCount: number;
  offset: number;
  buckets: number[];
}

export interface SinkBatch {
  /** Stable over retries: `<sink>/<first position>-<last position>`. */
  key: string;
  firstPosition: number;
  lastPosition: number;
  records: SinkRecord[];
  /** The models of these records by `modelKey(record)`: names, units, purposes. Two tenants with the same model have the same object. */
  models: ReadonlyMap<string, Model>;
}

/** Expected failure is a value; the forward machine owns retry, backoff and breaker. */
export type SinkOutcome =
  /** `answer` in the receiver's words, for the receipt. */
  | { kind: 'accepted'; answer?: string }
  | { kind: 'retry'; reason: string; afterMs?: number }
  | { kind: 'rejected'; reason: string };

/** What the place of a sink can bear. */
export interface SinkTraits {
  /** 'kept': batches in the order of the spool only, so that what one device said arrives in that order. 'any': in any order. */
  order: 'kept' | 'any';
  /** Calls of `deliver` that may be under way at once; 1 where order is kept. */
  maxConcurrent: number;
}

/** One attempt per call; never throws, never queues, never retries by itself. */
export interface Sink {
  readonly name: string;
  /** Absent: order is kept, one batch at a time. */
  readonly traits?: SinkTraits;
  deliver(batch: SinkBatch, signal: AbortSignal): Promise<SinkOutcome>;
  /** Between two batches; may come again. Absent: what is there has to be erased by hand. */
  erase?(tombstone: Tombstone, signal: AbortSignal): Promise<EraseOutcome>;
  /** Deletes records that have been held for as long as they may be; how many went. Absent: the receiver's own retention has to do it. */
  retain?(known: readonly Retention[], nowMs: number): Promise<number>;
  close(): Promise<void>;
}

export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
