import { anchorOfStored, betterAnchor } from '../domain/clock-anchor.ts';
import { emptyDevice } from '../domain/device-row.ts';
import type { BootSnapshot, DeviceId, DeviceRow, SpoolState, StoredModel } from '../domain/ports.ts';
import { type SeqSet, seqSet } from '../domain/seq-set.ts';
import { type BootRow, DEVICE_SELECT, toBoot, toDevice, unpackClock } from './rows.ts';
import type { SqlDatabase } from './sqlite.ts';

/** Rows of one boot behind the snapshot, summed up. */
interface NewRows {
  boot_id: number;
  messages: number;
  records: number;
  gaps: number;
  first_seq: number;
  last_seq: number;
  received_ms: number;
}

const SUMS = `SELECT boot_id, count(*) AS messages, sum(records) AS records, sum(gaps) AS gaps,
  min(seq) AS first_seq, max(seq) AS last_seq, max(received_ms) AS received_ms
  FROM messages WHERE position > ? GROUP BY boot_id ORDER BY max(position)`;
// The last row of each boot that has its time from the device (method 2).
const CLOCKS = `SELECT boot_id, max(position) AS position, origin_ms, bound_ms, clock, payload
  FROM messages WHERE position > ? AND (clock & 3) = 2 GROUP BY boot_id`;
const SEQS = `SELECT boot_id, seq FROM messages WHERE position > ? AND boot_id IN (SELECT value FROM json_each(?))`;

interface ClockRow {
  boot_id: number;
  origin_ms: number;
  bound_ms: number | null;
  clock: number;
  payload: Uint8Array;
}

interface LoadedBoot {
  snapshot: BootSnapshot;
  seqs: SeqSet;
}

/** The snapshot, brought up to date with the rows that were committed after it. */
export function loadState(db: SqlDatabase, snapshotPosition: number): SpoolState {
  const boots = new Map<number, LoadedBoot>();
  for (const row of db.prepare('SELECT * FROM boots').all() as BootRow[]) {
    const snapshot = toBoot(row);
    boots.set(row.id, { snapshot, seqs: seqSet(snapshot.ranges) });
  }
  const devices = new Map<string, DeviceRow>();
  for (const row of db.prepare(DEVICE_SELECT).all()) devices.set(keyOf(toDevice(row)), toDevice(row));
  const withHoles: number[] = [];
  const unsaved: DeviceId[] = [];
  for (const sums of db.prepare(SUMS).all(snapshotPosition) as NewRows[]) {
    const boot = boots.get(sums.boot_id)!;
    // A row a sequence number: as many rows as numbers means that none is missing.
    if (sums.messages === sums.last_seq - sums.first_seq + 1)
      boot.seqs.addRange(sums.first_seq, sums.last_seq);
    else withHoles.push(sums.boot_id);
    boot.snapshot.lastSeenMs = Math.max(boot.snapshot.lastSeenMs, sums.received_ms);
    countRows(deviceOf(devices, boot.snapshot, sums.received_ms), sums);
    unsaved.push({ tenant: boot.snapshot.tenant, device: boot.snapshot.device });
  }
  addSeqs(db, snapshotPosition, { boots, withHoles });
  for (const row of db.prepare(CLOCKS).all(snapshotPosition) as ClockRow[]) {
    addClock(boots.get(row.boot_id)!.snapshot, row);
  }
  const models = db
    .prepare('SELECT hash, bytes, received_ms AS receivedAtMs FROM models')
    .all() as StoredModel[];
  return {
    boots: [...boots.values()].map(({ snapshot, seqs }) => ({ ...snapshot, ranges: seqs.ranges() })),
    devices: [...devices.values()],
    models,
    unsaved,
  };
}

function addClock(boot: BootSnapshot, row: ClockRow): void {
  const time = { originMs: row.origin_ms, boundMs: row.bound_ms, ...unpackClock(row.clock) };
  const anchor = anchorOfStored({ time, payload: row.payload });
  if (anchor !== null) boot.clock = betterAnchor(boot.clock, anchor);
}

function addSeqs(
  db: SqlDatabase,
  after: number,
  state: { boots: Map<number, LoadedBoot>; withHoles: number[] },
): void {
  if (state.withHoles.length === 0) return;
  const select = db.prepare(SEQS);
  select.setReturnArrays(true);
  for (const row of select.iterate(after, JSON.stringify(state.withHoles))) {
    const [bootId, seq] = row as [number, number];
    state.boots.get(bootId)!.seqs.add(seq);
  }
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

function countRows(device: DeviceRow, rows: NewRows): void {
  device.messages += rows.messages;
  device.records += rows.records;
  device.gapRecords += rows.gaps;
  device.lastSeenMs = Math.max(device.lastSeenMs, rows.received_ms);
}
