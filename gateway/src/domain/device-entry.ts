import type { DataChecker } from '@usewire/protocol/check';
import { toHex } from '@usewire/protocol/wire';
import { type DeviceConsent, noConsent } from './consent/consent-state.ts';
import { emptyDevice } from './device-row.ts';
import type { Erasure } from './erasure/erasure.ts';
import type { BootSnapshot, ClockAnchor, DeviceId, DeviceRow } from './ports.ts';
import { type SealState, sealState } from './seal-state.ts';
import { type SeqSet, seqSet } from './seq-set.ts';
import { type TimeMap, timeMap } from './time-map.ts';

/** What the gateway knows of one boot of a device. */
export interface BootEntry {
  name: string;
  /** As on the wire when it is a counter; -1 for a random boot id. */
  counter: number;
  /** Committed. */
  stored: SeqSet;
  /** Committed or waiting for a commit: what a new message is held against. */
  taken: SeqSet;
  nextSeq: number;
  time: TimeMap;
  /** The best clock of the device in this boot. */
  clock: ClockAnchor | null;
  lastSeenMs: number;
  dirty: boolean;
  /** The store's own mark. */
  ref: { rowId: number };
}

/** What the gateway knows of one device. The row is what admin shows; it is changed in place. */
export interface DeviceEntry extends DeviceId {
  row: DeviceRow;
  boots: Map<string, BootEntry>;
  /** Boots were left to the store, for there were too many. */
  hasForgotten: boolean;
  /** The newest boot; null until the first message. */
  current: BootEntry | null;
  /** Checker of the last message: nearly always the next one's too. */
  checker: DataChecker | null;
  /** Hex of that model's 4-byte hash. */
  modelHash: string;
  /** Open connections: two for a moment when a device comes back before its old connection is found dead. */
  links: number;
  /** Bytes of this device that wait in quarantine for a model. */
  parkedBytes: number;
  /** When a model was last asked for, by hash. */
  modelAskedMs: Map<string, number>;
  /** Nacks sent in the window that began at `sinceMs`. */
  nacks: { sinceMs: number; count: number };
  seal: SealState;
  /** What was erased, for good: late data is held against it. */
  erasures: Erasure[];
  consent: DeviceConsent;
  dirty: boolean;
}

/** Boots kept a device: a board that restarts in a loop must not fill memory. */
const MAX_BOOTS = 256;

export function deviceEntry(id: DeviceId, nowMs: number, row?: DeviceRow): DeviceEntry {
  return {
    tenant: id.tenant,
    device: id.device,
    row: row ?? emptyDevice(id.tenant, id.device, nowMs),
    boots: new Map(),
    hasForgotten: false,
    current: null,
    checker: null,
    modelHash: '',
    links: 0,
    parkedBytes: 0,
    modelAskedMs: new Map(),
    nacks: { sinceMs: 0, count: 0 },
    seal: sealState(latestOf(row)),
    erasures: [],
    consent: noConsent(),
    dirty: false,
  };
}

function latestOf(row: DeviceRow | undefined) {
  if (row === undefined || row.announcedMs === null || row.boot === '') return null;
  const boot = row.boot.length === 16 ? row.boot : Number(row.boot);
  return { boot, uptimeMs: row.announcedMs };
}

/** Decimal counter, or 16 hex digits of a random boot id. */
export function bootName(boot: number | Uint8Array): string {
  return typeof boot === 'number' ? String(boot) : toHex(boot);
}

/** Boot of a message; made when it is new. The newest one becomes current: a counter that is higher, or told by hello. */
export function bootOf(
  device: DeviceEntry,
  boot: number | Uint8Array,
  nowMs: number,
  isHello = false,
): BootEntry {
  const current = device.current;
  if (current !== null && boot === current.counter) return current;
  const name = bootName(boot);
  let entry = device.boots.get(name);
  if (entry === undefined) {
    entry = addBoot(device, name, typeof boot === 'number' ? boot : -1, nowMs);
  }
  if (current === null || isHello || (entry.counter >= 0 && entry.counter > current.counter)) {
    device.current = entry;
    device.row.boot = name;
  }
  return entry;
}

function addBoot(device: DeviceEntry, name: string, counter: number, nowMs: number): BootEntry {
  if (device.boots.size >= MAX_BOOTS) dropOldest(device);
  const taken = { stored: seqSet(), taken: seqSet() };
  const entry = {
    name,
    counter,
    ...taken,
    nextSeq: 0,
    time: timeMap(),
    clock: null,
    lastSeenMs: nowMs,
    dirty: true,
    ref: { rowId: 0 },
  };
  device.boots.set(name, entry);
  return entry;
}

/** Saved ones first: what the store does not have yet would be forgotten for good. */
function dropOldest(device: DeviceEntry): void {
  const others = [...device.boots.values()].filter((boot) => boot !== device.current);
  const saved = others.filter((boot) => !boot.dirty);
  const [first, ...rest] = saved.length > 0 ? saved : others;
  if (first === undefined) return;
  const oldest = rest.reduce((one, other) => (other.lastSeenMs < one.lastSeenMs ? other : one), first);
  device.boots.delete(oldest.name);
  device.hasForgotten = true;
}

export function restoreBoot(device: DeviceEntry, snapshot: BootSnapshot): void {
  const { boot: name, ranges, nextSeq, origin, clock, lastSeenMs } = snapshot;
  // 16 hex digits are a random id; a counter has at most 10 decimal digits.
  const counter = name.length === 16 ? -1 : Number(name);
  const sets = { stored: seqSet(ranges), taken: seqSet(ranges) };
  const time = timeMap(origin);
  const entry: BootEntry = {
    name,
    counter,
    ...sets,
    nextSeq,
    time,
    clock,
    lastSeenMs,
    dirty: false,
    ref: { rowId: 0 },
  };
  if (device.boots.size >= MAX_BOOTS) dropOldest(device);
  device.boots.set(name, entry);
  if (isNewerBoot(device, entry)) device.current = entry;
}

/** Counters tell by themselves: rows of a newer boot may have come after the device was saved. Random ids need the device's word. */
function isNewerBoot({ current, row }: DeviceEntry, entry: BootEntry): boolean {
  if (current === null) return true;
  if (current.counter >= 0 && entry.counter >= 0) return entry.counter > current.counter;
  return row.boot === entry.name || row.boot !== current.name;
}

export function bootSnapshot(device: DeviceEntry, boot: BootEntry): BootSnapshot {
  return {
    tenant: device.tenant,
    device: device.device,
    boot: boot.name,
    ranges: boot.stored.ranges(),
    nextSeq: boot.nextSeq,
    origin: boot.time.estimate(),
    clock: boot.clock,
    lastSeenMs: boot.lastSeenMs,
  };
}
