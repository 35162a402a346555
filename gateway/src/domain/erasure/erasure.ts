/** As of `DeviceId`, which is where erasures are kept. */
interface OfDevice {
  tenant: string;
  device: string;
}

/** What is to be erased, in every place: whose, and from when to when. */
export interface Tombstone extends OfDevice {
  /** 32 hex digits; the device knows it by these 16 bytes. */
  id: string;
  /** Subject slot; null = everybody on the device. */
  subject: number | null;
  /** What models call the slot: sinks know people by name. Empty for nobody in particular, and where no model is known. */
  names: readonly string[];
  /** When it happened, Unix ms, both ends included. `to` is never after the request. */
  fromMs: number;
  toMs: number;
  /** No range was asked for: what came before the request goes, whatever a wrong clock says of its time. */
  isWhole: boolean;
}

/** What a sink says to a tombstone; one attempt. */
export type EraseOutcome =
  /** `records` is null where nobody can count. Erased again, it answers with the same count. */
  | { kind: 'erased'; records: number | null; answer: string }
  | { kind: 'retry'; reason: string; afterMs?: number };

/** What one place answered. */
export interface EraseReceipt {
  /** 'gateway', or the name of a sink. */
  place: string;
  /** Null where the place cannot count, such as a log that only takes a tombstone. */
  records: number | null;
  /** In the place's words. */
  answer: string;
  /** False: it cannot be erased there by this gateway; a person has to. */
  isErased: boolean;
  attempts: number;
  answeredAtMs: number;
}

/** In this order; each may be done again after a kill without harm. */
export type EraseStep =
  /** Rows of the spool, up to `through`. */
  | 'messages'
  /** What was refused, parked, or told of connections and answers. */
  | 'quarantine'
  /** Free pages, the log, damaged stores that were moved aside. */
  | 'overwrite'
  /** Each sink's receipt. */
  | 'sinks'
  | 'done';

/** One request, and how far it is. Kept for good: late data is held against it. */
export interface Erasure extends Tombstone {
  askedAtMs: number;
  by: string;
  step: EraseStep;
  /** Newest position of the spool when the work began; null = it has not. */
  through: number | null;
  /** Rows up to here are done. */
  position: number;
  erased: { messages: number; records: number; quarantined: number };
  receipts: EraseReceipt[];
  doneAtMs: number | null;
  told: ToldDevice;
}

/** What the device has still to hear; 'none' = nothing. */
export interface ToldDevice {
  erase: 'none' | 'owed' | 'acked';
  receipt: 'waiting' | 'owed' | 'acked';
  /** What the device erased of its own; null = it has not said. */
  records: number | null;
}

export interface EraseRequest extends OfDevice {
  subject: number | null;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  by: string;
}

export function newErasure(
  request: EraseRequest,
  { id, names, nowMs, byDevice }: { id: string; names: readonly string[]; nowMs: number; byDevice: boolean },
): Erasure {
  const { tenant, device, subject, fromMs = 0, toMs = nowMs, by } = request;
  const isWhole = request.fromMs === undefined && request.toMs === undefined;
  return {
    ...{ id, tenant, device, subject, names, fromMs, toMs: Math.min(toMs, nowMs), isWhole },
    ...{ askedAtMs: nowMs, by, step: 'messages', through: null, position: 0 },
    erased: { messages: 0, records: 0, quarantined: 0 },
    receipts: [],
    doneAtMs: null,
    told: { erase: byDevice ? 'none' : 'owed', receipt: 'waiting', records: null },
  };
}

export function isOfSubject({ subject }: Tombstone, slot: number): boolean {
  return subject === null || subject === slot;
}

/** Whether a record that happened then is to go. */
export function isInRange({ fromMs, toMs }: Tombstone, atMs: number): boolean {
  const at = Math.round(atMs);
  return at >= fromMs && at <= toMs;
}

/** A record as a sink has it. */
export interface KnownRecord extends OfDevice {
  subject: string | null;
  atMs: number;
  receivedAtMs: number;
}

/** The same question where people are known by name. */
export function coversRecord(tombstone: Tombstone, record: KnownRecord): boolean {
  const { tenant, device, subject, names, isWhole, toMs } = tombstone;
  if (record.tenant !== tenant || record.device !== device) return false;
  const isTheirs = subject === 0 ? record.subject === null : names.includes(record.subject ?? '');
  if (subject !== null && !isTheirs) return false;
  return isInRange(tombstone, record.atMs) || (isWhole && record.receivedAtMs <= toMs);
}

/** Records over all places that can count. */
export function countErased({ receipts, told }: Erasure): number {
  return receipts.reduce((sum, { records }) => sum + (records ?? 0), told.records ?? 0);
}
