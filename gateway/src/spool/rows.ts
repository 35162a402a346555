import type {
  AdmittedMessage,
  BootSnapshot,
  ClockAnchor,
  DeviceRow,
  OriginEstimate,
  QuarantineEntry,
  StoredMessage,
  TimeMapping,
} from '../domain/ports.ts';
import type { SqlValue } from './sqlite.ts';

const METHODS = ['receive', 'gateway-offset', 'device'] as const;

export const MESSAGE_COLUMNS =
  'position, boot_id, seq, kind, received_ms, origin_ms, bound_ms, clock, model, records, gaps, payload';
export const MESSAGE_WIDTH = 12;

/** Behind five bits of quality (0..4) and method. */
const SEAL_FROM = 32;

/** Quality, method and seal share a column: two values less to bind for each row. */
function packClock(time: TimeMapping, seal: number): number {
  return seal * SEAL_FROM + time.quality * 4 + METHODS.indexOf(time.method);
}

export function unpackClock(packed: number): Pick<TimeMapping, 'quality' | 'method'> {
  return { quality: ((packed >> 2) & 7) as TimeMapping['quality'], method: METHODS[packed & 3]! };
}

/** Values of one row behind position and boot. */
export function setMessage(values: SqlValue[], at: number, m: AdmittedMessage): void {
  const { time } = m;
  values[at] = m.seq;
  values[at + 1] = m.kind;
  values[at + 2] = m.receivedAtMs;
  values[at + 3] = Math.round(time.originMs);
  values[at + 4] = time.boundMs;
  values[at + 5] = packClock(time, m.seal);
  values[at + 6] = packModel(m.modelHash);
  values[at + 7] = m.recordCount;
  values[at + 8] = m.gapCount;
  values[at + 9] = m.payload;
}

let lastHash = '';
let lastModel: number | null = null;

/** Nearly all messages of a commit have few models: the last one is remembered. */
function packModel(modelHash: string): number | null {
  if (modelHash !== lastHash) {
    lastHash = modelHash;
    lastModel = modelHash === '' ? null : Number.parseInt(modelHash, 16);
  }
  return lastModel;
}

/** A row in the order of `MESSAGE_COLUMNS`. */
export type MessageColumns = [
  position: number,
  bootId: number,
  seq: number,
  kind: number,
  receivedMs: number,
  originMs: number,
  boundMs: number | null,
  clock: number,
  model: number | null,
  records: number,
  gaps: number,
  payload: Uint8Array,
];

export function toStoredMessage(
  columns: MessageColumns,
  boot: { tenant: string; device: string; boot: string },
): StoredMessage {
  const [
    position,
    ,
    seq,
    kind,
    receivedAtMs,
    originMs,
    boundMs,
    clock,
    model,
    recordCount,
    gapCount,
    payload,
  ] = columns;
  return {
    position,
    tenant: boot.tenant,
    device: boot.device,
    boot: boot.boot,
    seq,
    kind,
    receivedAtMs,
    time: { originMs, boundMs, ...unpackClock(clock) },
    modelHash: model === null ? '' : model.toString(16).padStart(8, '0'),
    recordCount,
    gapCount,
    seal: Math.floor(clock / SEAL_FROM),
    payload,
  };
}

export interface BootRow {
  id: number;
  tenant: string;
  device: string;
  boot: string;
  ranges: string;
  next_seq: number;
  origin: string | null;
  clock: string | null;
  last_seen_ms: number;
}

export function toBoot(row: BootRow): BootSnapshot {
  return {
    tenant: row.tenant,
    device: row.device,
    boot: row.boot,
    ranges: JSON.parse(row.ranges) as number[],
    nextSeq: row.next_seq,
    origin: row.origin === null ? null : (JSON.parse(row.origin) as OriginEstimate),
    clock: row.clock === null ? null : (JSON.parse(row.clock) as ClockAnchor),
    lastSeenMs: row.last_seen_ms,
  };
}

/** Names of columns as they are called in code. */
export const DEVICE_SELECT = `SELECT tenant, device, first_seen_ms AS firstSeenMs, last_seen_ms AS lastSeenMs, boot,
  next_seq AS nextSeq, hw, sw, model_hash AS modelHash, state, messages, records, gap_records AS gapRecords,
  duplicates, quarantined, last_delay_ms AS lastDelayMs, announced_ms AS announcedMs FROM devices`;

export function toDevice(row: unknown): DeviceRow {
  return { ...(row as DeviceRow) };
}

export const QUARANTINE_SELECT = `SELECT id, tenant, device, received_ms AS receivedAtMs, reason, detail, link, topic, boot, seq, at_byte AS atByte,
  made_with AS madeWith, model AS modelHash, seal, payload FROM quarantine`;

export function toQuarantine(row: unknown): QuarantineEntry {
  const { boot, seq, modelHash, ...entry } = row as QuarantineEntry & { boot: string; seq: number | null };
  const names = seq === null ? {} : { boot, seq };
  return { ...entry, ...names, ...(modelHash === '' ? {} : { modelHash }) };
}
