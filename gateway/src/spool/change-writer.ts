import type { DeviceChange, DeviceRow, SpoolChanges, StoredModel } from '../domain/ports.ts';
import type { SqlDatabase } from './sqlite.ts';

const UPSERT_CHANGE = `INSERT INTO devices (tenant, device, first_seen_ms, last_seen_ms, boot, next_seq, hw, sw, model_hash, state,
  announced_ms) VALUES (?1, ?2, ?3, ?3, coalesce(?4, ''), coalesce(?5, 0), coalesce(?6, ''), coalesce(?7, ''), coalesce(?8, ''),
  coalesce(?9, 'online'), ?10)
  ON CONFLICT (tenant, device) DO UPDATE SET last_seen_ms = max(last_seen_ms, ?3),
  boot = coalesce(?4, boot), next_seq = coalesce(?5, next_seq), hw = coalesce(?6, hw), sw = coalesce(?7, sw),
  model_hash = coalesce(?8, model_hash), state = coalesce(?9, state),
  announced_ms = coalesce(?10, announced_ms)`;

const REPLACE_DEVICE = `INSERT OR REPLACE INTO devices (tenant, device, first_seen_ms, last_seen_ms, boot, next_seq, hw, sw,
  model_hash, state, messages, records, gap_records, duplicates, quarantined, last_delay_ms, announced_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Writes what travels with messages: device facts, models. */
export function changeWriter(db: SqlDatabase) {
  const upsert = db.prepare(UPSERT_CHANGE);
  const replace = db.prepare(REPLACE_DEVICE);
  const model = db.prepare(
    'INSERT OR IGNORE INTO models (tenant, hash, received_ms, bytes) VALUES (?, ?, ?, ?)',
  );

  function writeDevice(d: DeviceChange): void {
    const { tenant, device, lastSeenMs, boot = null, nextSeq = null, hw = null, sw = null } = d;
    const { modelHash = null, state = null, announcedMs = null } = d;
    upsert.run(tenant, device, lastSeenMs, boot, nextSeq, hw, sw, modelHash, state, announcedMs);
  }

  function writeModel(m: StoredModel): void {
    model.run(m.tenant, m.hash, m.receivedAtMs, m.bytes);
  }

  function saveDevice(d: DeviceRow): void {
    const facts = [d.boot, d.nextSeq, d.hw, d.sw, d.modelHash, d.state] as const;
    const totals = [d.messages, d.records, d.gapRecords, d.duplicates, d.quarantined, d.lastDelayMs] as const;
    replace.run(d.tenant, d.device, d.firstSeenMs, d.lastSeenMs, ...facts, ...totals, d.announcedMs);
  }

  function write(changes: SpoolChanges): void {
    for (const d of changes.devices ?? []) writeDevice(d);
    for (const m of changes.models ?? []) writeModel(m);
  }

  return { write, saveDevice };
}
