import { emptyDevice } from '../domain/device-row.ts';
import type { BootSnapshot, DeviceRow, SpoolState, StoredModel } from '../domain/ports.ts';
import { seqSet } from '../domain/seq-set.ts';
import { type BootRow, DEVICE_SELECT, toBoot, toDevice } from './rows.ts';
import type { SqlDatabase } from './sqlite.ts';

interface NewRow {
  boot_id: number;
  seq: number;
  records: number;
  gaps: number;
  received_ms: number;
}

/** The snapshot, brought up to date with the rows that were committed after it. */
export function loadState(db: SqlDatabase, snapshotPosition: number): SpoolState {
  const rows = db.prepare('SELECT * FROM boots').all() as BootRow[];
  const boots = new Map(
    rows.map((row) => [row.id, { snapshot: toBoot(row), seqs: seqSet(JSON.parse(row.ranges)) }]),
  );
  const devices = new Map<string, DeviceRow>();
  for (const row of db.prepare(DEVICE_SELECT).all()) devices.set(keyOf(toDevice(row)), toDevice(row));
  const fresh = db.prepare(
    'SELECT boot_id, seq, records, gaps, received_ms FROM messages WHERE position > ? ORDER BY position',
  );
  for (const entry of fresh.iterate(snapshotPosition)) {
    const row = entry as NewRow;
    const boot = boots.get(row.boot_id)!;
    boot.seqs.add(row.seq);
    countRow(deviceOf(devices, boot.snapshot, row.received_ms), row);
    boot.snapshot.lastSeenMs = Math.max(boot.snapshot.lastSeenMs, row.received_ms);
  }
  const models = db
    .prepare('SELECT hash, bytes, received_ms AS receivedAtMs FROM models')
    .all() as StoredModel[];
  return {
    boots: [...boots.values()].map(({ snapshot, seqs }) => ({ ...snapshot, ranges: seqs.ranges() })),
    devices: [...devices.values()],
    models,
  };
}

function keyOf(id: { tenant: string; device: string }): string {
  return `${id.tenant}.${id.device}`;
}

function deviceOf(devices: Map<string, DeviceRow>, boot: BootSnapshot, seenMs: number): DeviceRow {
  const known = devices.get(keyOf(boot));
  if (known !== undefined) return known;
  const made = emptyDevice(boot.tenant, boot.device, seenMs);
  devices.set(keyOf(boot), made);
  return made;
}

function countRow(device: DeviceRow, row: NewRow): void {
  device.messages += 1;
  device.records += row.records;
  device.gapRecords += row.gaps;
  device.lastSeenMs = Math.max(device.lastSeenMs, row.received_ms);
}
