/**
 * The seams of the gateway. Domain code is a function of its inputs and reaches the world only through these.
 * Data flows one way: link -> guard -> admit -> spool (commit) -> ack -> forwarders -> sinks.
 */

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
  payload: Uint8Array;
}

/** Why the spool could not take a commit. The link must not acknowledge; the device keeps and resends. */
export type SpoolFailure = { code: 'SPOOL_FULL' | 'SPOOL_IO' | 'SPOOL_READONLY' | 'SPOOL_CLOSED'; message: string };

export type CommitOutcome = { ok: true } | { ok: false; failure: SpoolFailure };

/** The durable store. All of one `commit` becomes durable together, or nothing of it. */
export interface Spool {
  commit(messages: readonly AdmittedMessage[], quarantined: readonly QuarantinedMessage[]): Promise<CommitOutcome>;
  /** Rows after `position`, in order, up to both limits (at least one row when there is one). */
  readAfter(position: number, limit: { messages: number; bytes: number }): StoredMessage[];
  cursor(sink: string): number;
  /** Durable: everything up to `position` has been delivered to `sink`. */
  advance(sink: string, position: number): void;
  close(): Promise<void>;
}

/** One record as sinks see it: what the device said plus what the gateway knows. */
export interface SinkRecord extends DeviceId {
  product: string;
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

/**
 * Counters of the path. Implementations add to plain numbers (no label lookup on the hot path); `/metrics` reads them.
 * Identity, checked in tests: received = stored + duplicate + quarantined + refused (messages).
 */
export interface Metrics {
  received(messages: number, bytes: number): void;
  /** After the commit: messages with the records and gap counts in them. */
  stored(messages: number, records: number, gaps: number): void;
  duplicate(messages: number): void;
  /** `reason` = stable name of a wire code. */
  quarantined(reason: string): void;
  /** Neither stored nor quarantined nor acknowledged: the device keeps it. */
  refused(reason: 'acl' | 'size' | 'rate' | 'overload' | 'spool'): void;
  /** One group commit: rows in it and how long it took. */
  committed(rows: number, seconds: number): void;
  /** From the last byte of a message to its acknowledgement. */
  ackDelay(seconds: number): void;
  /** Connections open now, by link ('mqtt', 'serial', ...). */
  connections(link: string, open: number): void;
  connectionRefused(reason: 'auth' | 'size' | 'limit' | 'protocol'): void;
}

/** What the admin pages and the CLI ask of the store; all are queries, none changes anything. */
export interface SpoolView {
  /** Highest position ever given out; 0 when the spool was never written. */
  lastPosition(): number;
  totals(): SpoolTotals;
  devices(): DeviceSummary[];
  /** Quarantined messages with id > `afterId`, oldest first. */
  quarantine(afterId: number, limit: number): QuarantineRow[];
  health(): SpoolHealth;
}

/** Since the store was made, over restarts. */
export interface SpoolTotals {
  messages: number;
  records: number;
  /** Sum of gap counts: records that a device accepted and lost, and told so. */
  gaps: number;
  duplicates: number;
  quarantined: number;
  payloadBytes: number;
}

export interface DeviceSummary extends DeviceId {
  product: string;
  messages: number;
  records: number;
  gaps: number;
  duplicates: number;
  lastSeenMs: number;
  /** Receive time minus the time of the newest message's base; null while unknown. */
  delayMs: number | null;
  /** Sequence ranges not received, both ends included. */
  missing: { boot: string; from: number; to: number }[];
}

export interface QuarantineRow extends QuarantinedMessage {
  id: number;
}

export interface SpoolHealth {
  writable: boolean;
  bytes: number;
  /** 0 = no limit. */
  maxBytes: number;
  overHighWater: boolean;
  /** Why it is not writable, in words; null when it is. */
  problem: string | null;
}
