/**
 * The seams of the gateway. Domain code is a function of its inputs and reaches the world only through these.
 * Data flows one way: link -> guard -> admit -> spool (commit) -> ack -> forwarders -> sinks.
 */

import type { Model } from '@usewire/protocol/model';

export interface Clock {
  /** Unix time in ms. */
  nowMs(): number;
  /** Monotonic ms, never stepped. */
  monotonicMs(): number;
}

/** How a message's uptime maps to wall time; chosen once, when it is received, and stored beside the untouched message. */
export interface TimeMapping {
  /** Unix ms of uptime 0 of the message's boot. */
  originMs: number;
  /** 0 unknown, 1 estimated by the gateway, 2 device clock free running, 3 device clock synced, 4 synced below 100 ms. */
  quality: 0 | 1 | 2 | 3 | 4;
  /** Error bound in ms, where one can be given. */
  boundMs: number | null;
  method: 'device' | 'gateway-offset' | 'receive';
}

export interface DeviceId {
  tenant: string;
  device: string;
}

/** A message that passed all checks and is to be stored. One row in the spool. */
export interface AdmittedMessage extends DeviceId {
  kind: number;
  /** Boot counter as decimal text, or the random boot id as 16 hex digits. */
  boot: string;
  seq: number;
  receivedAtMs: number;
  time: TimeMapping;
  /** Hex of the 4-byte model hash; '' for kinds without one. */
  modelHash: string;
  /** Records in it without gap records (0 for kinds without records). */
  recordCount: number;
  /** Sum of the counts of its gap records. */
  gapCount: number;
  /** The message's bytes as received, never changed. */
  payload: Uint8Array;
  /** The same object for all messages of one boot: the store may keep the boot's row id on it and save a look-up. */
  bootRef?: { rowId: number };
}

export interface StoredMessage extends AdmittedMessage {
  /** Position in the spool: grows by commit order, never reused. */
  position: number;
}

export interface QuarantinedMessage extends DeviceId {
  receivedAtMs: number;
  /** Stable name of a wire code ('malformed', 'unknownModel', ...). */
  reason: string;
  detail: string;
  link: string;
  /** Hex of the 4-byte model hash a parked message waits for (reason 'unknownModel'). */
  modelHash?: string;
  payload: Uint8Array;
}

/** Why the spool could not take a commit. The link must not acknowledge; the device keeps and resends. */
export type SpoolFailure = {
  code: 'SPOOL_FULL' | 'SPOOL_IO' | 'SPOOL_READONLY' | 'SPOOL_CLOSED';
  message: string;
};

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
  /** Durable: everything up to `position` has been delivered to `sink`. */
  advance(sink: string, position: number): void;
  close(): Promise<void>;
}

/** What becomes durable together with the messages of a commit. */
export interface SpoolChanges {
  devices?: readonly DeviceChange[];
  choices?: readonly StoredChoice[];
  models?: readonly StoredModel[];
  /** Quarantine entries that leave it, because their message was admitted now. */
  releasedQuarantine?: readonly number[];
}

/** What a device said about itself (hello, status, bye). Absent fields stay as they are. */
export interface DeviceChange extends DeviceId {
  lastSeenMs: number;
  boot?: string;
  nextSeq?: number;
  hw?: string;
  sw?: string;
  /** Hex of the model hash as told in hello (8 bytes or more). */
  modelHash?: string;
  state?: DeviceState;
}

export type DeviceState = 'online' | 'offline' | 'lost';

/** A grant, refusal or withdrawal made on the device (kind 9). */
export interface StoredChoice extends DeviceId {
  boot: string;
  seq: number;
  epoch: number;
  subject: number;
  /** Purpose code -> 0 refused, 1 granted, 2 withdrawn. */
  purposes: Record<string, number>;
  receivedAtMs: number;
}

/** A product model as its canonical bytes. */
export interface StoredModel {
  /** Hex of SHA-256 of `bytes` (64 digits). */
  hash: string;
  bytes: Uint8Array;
  receivedAtMs: number;
}

/** What is known of one boot of a device: enough to recognise duplicates and to map its times after a restart. */
export interface BootSnapshot extends DeviceId {
  boot: string;
  /** Stored sequence numbers as closed ranges: first, last, first, last, ... ascending. */
  ranges: number[];
  /** Next sequence number by the device's own word; 0 when it never said. */
  nextSeq: number;
  /** Unix ms of uptime 0 by the gateway's estimate; null = none yet. */
  originMs: number | null;
  /** Whether the estimate rests on a message built when it was sent (hello, status, bye). */
  originFresh: boolean;
  lastSeenMs: number;
}

export interface DeviceTotals {
  messages: number;
  records: number;
  gapRecords: number;
  duplicates: number;
  quarantined: number;
  /** Receive time minus time of the newest message's base, ms; null = unknown. */
  lastDelayMs: number | null;
}

export interface DeviceRow extends DeviceId, DeviceTotals {
  firstSeenMs: number;
  lastSeenMs: number;
  boot: string;
  nextSeq: number;
  hw: string;
  sw: string;
  modelHash: string;
  state: DeviceState;
}

export interface QuarantineEntry extends QuarantinedMessage {
  id: number;
}

export interface QuarantineFilter {
  tenant?: string;
  device?: string;
  reason?: string;
  /** Entries with an id below this one: pages go from new to old. */
  beforeId?: number;
  /** 1..1000, 100 unless told. */
  limit?: number;
}

export interface MessageKey extends DeviceId {
  boot: string;
  seq: number;
}

export interface SpoolSize {
  messages: number;
  /** Pages in use. Free pages inside the file do not count. */
  usedBytes: number;
  maxBytes: number;
  quarantineMessages: number;
  quarantineBytes: number;
  firstPosition: number;
  lastPosition: number;
}

/** State at start: the snapshot plus everything committed after it. */
export interface SpoolState {
  boots: BootSnapshot[];
  devices: DeviceRow[];
  models: StoredModel[];
}

/** State to be kept before rows go: saved and pruned in one transaction. */
export interface SpoolCheckpoint {
  /** Boots and devices that changed since the last checkpoint, with everything committed so far in them. */
  boots: readonly BootSnapshot[];
  devices: readonly DeviceRow[];
  /** Rows go when received before this time and delivered to each of `sinks`; absent = none go. */
  prune?: { receivedBeforeMs: number; sinks: readonly string[] };
}

/** The spool with what start, admin and retention need of it. */
export interface SpoolStore extends Spool {
  load(): SpoolState;
  checkpoint(
    checkpoint: SpoolCheckpoint,
  ): { ok: true; pruned: number } | { ok: false; failure: SpoolFailure };
  /** Newest first. */
  quarantine(filter: QuarantineFilter): QuarantineEntry[];
  /** Messages parked for a model (reason 'unknownModel') by the hex of its 4-byte hash, oldest first. */
  parked(modelHash: string, limit: number): QuarantineEntry[];
  findMessage(key: MessageKey): StoredMessage | null;
  choices(id: DeviceId): StoredChoice[];
  size(): SpoolSize;
  /** As in `size()`, without counting anything. */
  usedBytes(): number;
  /** Position of the newest row; 0 = none yet. */
  lastPosition(): number;
}

/** Sequence numbers of a boot that have not arrived: closed range. */
export interface SequenceGap extends DeviceId {
  boot: string;
  first: number;
  last: number;
}

/** Counters since start; only grow. */
export interface GatewayCounters {
  /**
   * Messages that came from authenticated devices. Once commits are through:
   * received + released = messages + duplicates + reports + quarantined + refused (parked-full, too-many-gaps).
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
  /** QoS 0 telemetry: stored, but without any promise. */
  unacknowledged: number;
  /** By reason (names of wire codes). */
  quarantined: Record<string, number>;
  /** Connections refused or closed by the gateway, by reason. */
  refused: Record<string, number>;
}

/** What is happening now. */
export interface GatewayGauges {
  connections: number;
  uncommittedBytes: number;
  paused: boolean;
  /** Why commits fail now; null while they succeed. */
  storageFailure: SpoolFailure | null;
  /** Duration of the last commits, ms. */
  lastCommitMs: number;
}

/** Read side for admin, metrics, `tail`. Everything answers from memory but `quarantine`, `findMessage`, `choices`. */
export interface GatewayView {
  counters(): GatewayCounters;
  gauges(): GatewayGauges;
  devices(): DeviceRow[];
  gaps(id?: DeviceId): SequenceGap[];
  quarantine(filter: QuarantineFilter): QuarantineEntry[];
  findMessage(key: MessageKey): StoredMessage | null;
  choices(id: DeviceId): StoredChoice[];
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
  send(id: DeviceId, payload: Uint8Array): void;
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
  /** In model units (scaled); enum as its label; null where the kind has none. */
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
  /** The models of these records by `SinkRecord.modelHash`: names, units, purposes. */
  models: ReadonlyMap<string, Model>;
}

/** Expected failure is a value; the forward machine owns retry, backoff and breaker. */
export type SinkOutcome =
  | { kind: 'accepted' }
  | { kind: 'retry'; reason: string; afterMs?: number }
  | { kind: 'rejected'; reason: string };

/** One attempt per call; never throws, never queues, never retries by itself. */
export interface Sink {
  readonly name: string;
  deliver(batch: SinkBatch, signal: AbortSignal): Promise<SinkOutcome>;
  close(): Promise<void>;
}

export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}
