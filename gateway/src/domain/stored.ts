import type { Erasure } from './erasure/erasure.ts';

/** What the store keeps, as values. `ports.ts` has the store itself. */

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

/** What was learnt of where uptime 0 of a boot lies. */
export interface OriginEstimate {
  /** Unix ms of uptime 0, never too early for what was received at `atMs`. */
  originMs: number;
  atMs: number;
  /** Whether it rests on a message built when it was sent (hello, status, bye). */
  fresh: boolean;
  /** Uptime 0 lay no earlier than this, at that time; null = no limit is known. */
  notBefore: { originMs: number; atMs: number } | null;
}

/** What a device's clock said at one uptime of a boot, when it was believed. */
export interface ClockAnchor {
  /** Unix ms of uptime 0 of the boot, by that clock. */
  originMs: number;
  /** As in `TimeMapping`, 2 or more. */
  quality: TimeMapping['quality'];
  boundMs: number | null;
  uptimeMs: number;
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
  /** How it was sealed on its way (`sealMark`); 0 = it was not. */
  seal: number;
  /** The message's bytes as received, without the seal, never changed. */
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
  /** Leaf of the topic it came on: 'up' or 'st'. */
  topic?: string;
  /** Its identity, as far as it could be read. */
  boot?: string;
  seq?: number;
  /** Byte at which the reason was seen. */
  atByte?: number;
  /** Hex of the 4-byte hash of the model that the message says it was made with; '' where it says none or cannot be read. */
  madeWith?: string;
  /** Hex of the 4-byte model hash a parked message waits for (reason 'unknownModel'). */
  modelHash?: string;
  /** As of `AdmittedMessage`; absent = 0. */
  seal?: number;
  payload: Uint8Array;
}

/** What becomes durable together with the messages of a commit. */
export interface SpoolChanges {
  devices?: readonly DeviceChange[];
  consents?: readonly LedgerRow[];
  consentAcks?: readonly ConsentAcked[];
  discarded?: readonly DiscardedMessage[];
  models?: readonly StoredModel[];
  /** Quarantine entries that leave it, because their message was admitted now. */
  releasedQuarantine?: readonly number[];
  audit?: readonly AuditEntry[];
  links?: readonly LinkOpened[];
  erasures?: readonly Erasure[];
}

/** Nothing is kept of it but that its number has come. */
export interface DiscardedMessage extends MessageKey {
  bootRef?: AdmittedMessage['bootRef'];
}

/** A device was let in. */
export interface LinkOpened extends DeviceId {
  openedAtMs: number;
  /** Listener and address, as 'mqtt 10.0.0.7:51834'. */
  via: string;
}

/** What a sink answered to one batch. Kept for as long as the newest message of the batch. */
export interface Receipt {
  sink: string;
  firstPosition: number;
  lastPosition: number;
  messages: number;
  records: number;
  /** Records that were held back because a person had not agreed, or not any more. */
  withheld: number;
  /** Until this answer, since the gateway's start. */
  attempts: number;
  /** Of the first attempt, since the gateway's start. */
  sentAtMs: number;
  answeredAtMs: number;
  accepted: boolean;
  /** In the receiver's words, as 'HTTP 202'; '' where it has none. */
  answer: string;
}

/** How far a sink is; `progress.ts` has what is done with it. */
export interface SinkProgress {
  /** Everything up to here is done with: what holds back pruning. */
  cursor: number;
  /** Ranges behind the cursor that are done with, apart from each other: first, last, first, last, ... ascending. */
  done: readonly number[];
  /** Ranges that may have been sent and are not done with. */
  begun: readonly number[];
}

/** Sums over all receipts of a sink, also of those that are gone. */
export interface SinkTotals {
  /** Messages of batches that were accepted. */
  delivered: number;
  /** Records in them. */
  records: number;
  /** Records of them that a person had not agreed to, or not any more. */
  withheld: number;
  /** Messages that were refused, and went to the quarantine. */
  rejected: number;
  /** Attempts that had to be made again. */
  retried: number;
}

/** What an operator did to the data. */
export interface AuditEntry {
  atMs: number;
  by: string;
  /** 'quarantine.replay', 'quarantine.drop'. */
  what: string;
  detail: string;
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
  /** Uptime of its latest word in this boot, ms. */
  announcedMs?: number;
}

export type DeviceState = 'online' | 'offline' | 'lost';

/** An entry of the consent ledger as it is kept. `body` and `hash` are the entry; the rest finds it, and says whose it is. */
export interface LedgerRow extends DeviceId {
  /** Place in the tenant's chain, from 1. */
  number: number;
  subject: number;
  epoch: number;
  /** Ties the entry's principal to device and subject (`principalOf`). Both are empty after an erasure. */
  salt: Uint8Array;
  body: string;
  /** 32 bytes: SHA-256 over the hash before and `body`. */
  hash: Uint8Array;
  /** When the device said that it acts on it; null = it has not. */
  ackedAtMs: number | null;
}

/** The device acts on the choices of a subject. */
export interface ConsentAcked extends DeviceId {
  subject: number;
  epoch: number;
  ackedAtMs: number;
}

/** A product model as its canonical bytes. */
export interface StoredModel {
  /** Whose devices told it; '' = the operator gave it, for every tenant. */
  tenant: string;
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
  /** Where uptime 0 lies by the gateway's estimate; null = none yet. */
  origin: OriginEstimate | null;
  /** The best clock of the device in this boot; null = none was believed. */
  clock: ClockAnchor | null;
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
  /** Uptime of its latest hello, status or bye in `boot`, ms; null = none since it was kept. */
  announcedMs: number | null;
}

export interface QuarantineEntry extends QuarantinedMessage {
  id: number;
}

export interface QuarantineFilter {
  tenant?: string;
  device?: string;
  reason?: string;
  /** One entry. */
  id?: number;
  /** Received at this time or later, Unix ms. */
  sinceMs?: number;
  /** Entries with an id below this one: pages go from new to old. */
  beforeId?: number;
  /** Entries with an id above this one, from old to new. */
  afterId?: number;
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
  /** Pushed out of the quarantine by newer entries, ever. */
  quarantineDropped: number;
  firstPosition: number;
  lastPosition: number;
}

/** State at start: the snapshot plus everything committed after it. */
export interface SpoolState {
  boots: BootSnapshot[];
  devices: DeviceRow[];
  models: StoredModel[];
  /** The consent ledger, each tenant's in order. */
  consents: LedgerRow[];
  /** Those with rows behind the snapshot. The next checkpoint moves it past these rows, so it has to save what they add up to. */
  unsaved: DeviceId[];
}

/** State to be kept before rows go: saved and pruned in one transaction. */
export interface SpoolCheckpoint {
  /** Boots and devices that changed since the last checkpoint, with everything committed so far in them. */
  boots: readonly BootSnapshot[];
  devices: readonly DeviceRow[];
  /** Rows go when received before this time and delivered to each of `sinks`; absent = none go. */
  prune?: PruneRule;
}

export interface PruneRule {
  receivedBeforeMs: number;
  sinks: readonly string[];
  /** Rows and quarantined messages received before this go whatever the sinks have; null or absent = none do. */
  expiredBeforeMs?: number | null;
}
