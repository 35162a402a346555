import { anchorOfStored, betterAnchor } from '../domain/clock-anchor.ts';
import { emptyDevice } from '../domain/device-row.ts';
import type { BootSnapshot, DeviceId, DeviceRow, SpoolState, StoredModel } from '../domain/ports.ts';
import { type SeqSet, seqSet } from '../domain/seq-set.ts';
import { loadConsents } from './consent-store.ts';
import { loadDiscarded } from './discard-store.ts';
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
  /** Null until a row of the boot is found behind the snapshot: most boots have none. */
  tail: BootTail | null;
}

interface BootTail {
  seqs: SeqSet;
  device: DeviceRow;
  /** Its last row that has its time from the device; 0 = none. */
  clockPosition: number;
}

/** The snapshot, brought up to date with the rows that were committed after it. */
export function loadState(db: SqlDatabase, snapshotPosition: number): SpoolState {
  const boots = loadBoots(db);
  const devices = new Map<string, DeviceRow>();
  for (const row of db.prepare(DEVICE_SELECT).all().map(toDevice)) devices.set(keyOf(row), row);
  readTail(db, snapshotPosition, (row) => {
    const boot = boots.get(row.bootId)!;
    boot.tail ??= newTail(boot.snapshot, deviceOf(devices, boot.snapshot, row.receivedMs));
    addRow(boot.snapshot, boot.tail, row);
  });
  for (const { bootId, seq } of loadDiscarded(db)) {
    const boot = boots.get(bootId)!;
    boot.tail ??= newTail(boot.snapshot, deviceOf(devices, boot.snapshot, boot.snapshot.lastSeenMs));
    boot.tail.seqs.add(seq);
  }
  addClocks(db, boots);
  const models = db
    .prepare('SELECT tenant, hash, bytes, received_ms AS receivedAtMs FROM models')
    .all() as StoredModel[];
  const loaded = [...boots.values()];
  return {
    boots: loaded.map(({ snapshot, tail }) =>
      tail === null ? snapshot : { ...snapshot, ranges: tail.seqs.ranges() },
    ),
    devices: [...devices.values()],
    models,
    consents: loadConsents(db),
    unsaved: loaded.filter((boot) => boot.tail !== null).map(({ snapshot }) => idOf(snapshot)),
  };
}

function loadBoots(db: SqlDatabase): Map<number, LoadedBoot> {
  const boots = new Map<number, LoadedBoot>();
  for (const row of db.prepare('SELECT * FROM boots').all() as BootRow[]) {
    boots.set(row.id, { snapshot: toBoot(row), tail: null });
  }
  return boots;
}

function newTail(boot: BootSnapshot, device: DeviceRow): BootTail {
  return { seqs: seqSet(boot.ranges), device, clockPosition: 0 };
}

function addRow(boot: BootSnapshot, tail: BootTail, row: TailRow): void {
  const { seqs, device } = tail;
  seqs.add(row.seq);
  if (row.clockPosition > 0) tail.clockPosition = row.clockPosition;
  boot.lastSeenMs = Math.max(boot.lastSeenMs, row.receivedMs);
  device.messages += 1;
  device.records += row.records;
  device.gapRecords += row.gaps;
  device.lastSeenMs = Math.max(device.lastSeenMs, row.receivedMs);
}

function addClocks(db: SqlDatabase, boots: Map<number, LoadedBoot>): void {
  const select = db.prepare(CLOCK);
  for (const { snapshot, tail } of boots.values()) {
    if (tail === null || tail.clockPosition === 0) continue;
    const row = select.get(tail.clockPosition) as ClockRow;
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
