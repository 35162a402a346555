import { anchorOfStored, betterAnchor } from '../domain/clock-anchor.ts';
import { emptyDevice } from '../domain/device-row.ts';
import type { BootSnapshot, DeviceId, DeviceRow, SpoolState, StoredModel } from '../domain/ports.ts';
import { type SeqSet, seqSet } from '../domain/seq-set.ts';
import { type BootRow, DEVICE_SELECT, toBoot, toDevice, unpackClock } from './rows.ts';
import type { SqlDatabase } from './sqlite.ts';
import { readTail, type TailRow } from './tail.ts';

const CLOCK = 'SELECT origin_ms, bound_ms, clock, payload FROM messages WHERE position = ?';

interface ClockRow {
  origin_ms: number;
  bound_ms: number | null;
  clock: number;
  payload: Uint8Array;
}

interface LoadedBoot {
  snapshot: BootSnapshot;
  seqs: SeqSet;
  /** Null until a row of the boot is found behind the snapshot. */
  device: DeviceRow | null;
  /** Its last row that has its time from the device; 0 = none. */
  clockPosition: number;
}

/** The snapshot, brought up to date with the rows that were committed after it. */
export function loadState(db: SqlDatabase, snapshotPosition: number): SpoolState {
  const boots = loadBoots(db);
  const devices = new Map<string, DeviceRow>();
  for (const row of db.prepare(DEVICE_SELECT).all()) devices.set(keyOf(toDevice(row)), toDevice(row));
  readTail(db, snapshotPosition, (row) => {
    const boot = boots.get(row.bootId)!;
    boot.device ??= deviceOf(devices, boot.snapshot, row.receivedMs);
    addRow(boot, boot.device, row);
  });
  addClocks(db, boots);
  const models = db
    .prepare('SELECT hash, bytes, received_ms AS receivedAtMs FROM models')
    .all() as StoredModel[];
  const loaded = [...boots.values()];
  return {
    boots: loaded.map(({ snapshot, seqs }) => ({ ...snapshot, ranges: seqs.ranges() })),
    devices: [...devices.values()],
    models,
    unsaved: loaded.filter((boot) => boot.device !== null).map(({ snapshot }) => idOf(snapshot)),
  };
}

function loadBoots(db: SqlDatabase): Map<number, LoadedBoot> {
  const boots = new Map<number, LoadedBoot>();
  for (const row of db.prepare('SELECT * FROM boots').all() as BootRow[]) {
    const snapshot = toBoot(row);
    boots.set(row.id, { snapshot, seqs: seqSet(snapshot.ranges), device: null, clockPosition: 0 });
  }
  return boots;
}

function addRow(boot: LoadedBoot, device: DeviceRow, row: TailRow): void {
  boot.seqs.add(row.seq);
  if (row.clockPosition > 0) boot.clockPosition = row.clockPosition;
  boot.snapshot.lastSeenMs = Math.max(boot.snapshot.lastSeenMs, row.receivedMs);
  device.messages += 1;
  device.records += row.records;
  device.gapRecords += row.gaps;
  device.lastSeenMs = Math.max(device.lastSeenMs, row.receivedMs);
}

function addClocks(db: SqlDatabase, boots: Map<number, LoadedBoot>): void {
  const select = db.prepare(CLOCK);
  for (const { snapshot, clockPosition } of boots.values()) {
    if (clockPosition === 0) continue;
    const row = select.get(clockPosition) as ClockRow;
    const time = { originMs: row.origin_ms, boundMs: row.bound_ms, ...unpackClock(row.clock) };
    const anchor = anchorOfStored({ time, payload: row.payload });
    if (anchor !== null) snapshot.clock = betterAnchor(snapshot.clock, anchor);
  }
}

function idOf({ tenant, device }: DeviceId): DeviceId {
  return { tenant, device };
}

function keyOf(id: DeviceId): string {
  return `${id.tenant}.${id.device}`;
}

function deviceOf(devices: Map<string, DeviceRow>, boot: BootSnapshot, seenMs: number): DeviceRow {
  const known = devices.get(keyOf(boot));
  if (known !== undefined) return known;
  const made = emptyDevice(boot.tenant, boot.device, seenMs);
  devices.set(keyOf(boot), made);
  return made;
}
