import { draftOf } from './consent/consent-book.ts';
import { confirm, fold } from './consent/consent-state.ts';
import { bootSnapshot, type DeviceEntry, deviceEntry, restoreBoot } from './device-entry.ts';
import type { BootSnapshot, DeviceId, DeviceRow, LedgerRow, SequenceGap, SpoolState } from './ports.ts';

/** All devices that were ever seen, in memory. */
export interface Devices {
  entry(id: DeviceId, nowMs: number): DeviceEntry;
  find(id: DeviceId): DeviceEntry | undefined;
  all(): Iterable<DeviceEntry>;
  rows(): DeviceRow[];
  gaps(id?: DeviceId): SequenceGap[];
  restore(state: SpoolState): void;
  /** A connection of a device ended. One that said no bye before its last connection ended is `then`. */
  linkEnded(device: DeviceEntry, then?: 'lost' | 'offline'): void;
  /** The store is a new one: everything counts as changed, and marks of the old one are forgotten. */
  saveAll(): void;
  /** What changed since the last call that was followed by `saved`. */
  changed(): { boots: BootSnapshot[]; devices: DeviceRow[]; saved(): void };
}

export function deviceRegistry(): Devices {
  const entries = new Map<string, DeviceEntry>();

  function keyOf(id: DeviceId): string {
    return `${id.tenant}.${id.device}`;
  }

  function entry(id: DeviceId, nowMs: number, row?: DeviceRow): DeviceEntry {
    const key = keyOf(id);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const made = deviceEntry(id, nowMs, row);
    entries.set(key, made);
    return made;
  }

  function gapsOf(device: DeviceEntry): SequenceGap[] {
    const gaps: SequenceGap[] = [];
    for (const boot of device.boots.values()) {
      const end = Math.max(boot.nextSeq, boot.stored.highest() + 1);
      for (const hole of boot.stored.missing(end)) {
        gaps.push({ tenant: device.tenant, device: device.device, boot: boot.name, ...hole });
      }
    }
    return gaps;
  }

  function restore(state: SpoolState): void {
    for (const row of state.devices) entry(row, row.firstSeenMs, row);
    const boots = state.boots.slice().sort((a, b) => a.lastSeenMs - b.lastSeenMs);
    for (const boot of boots) restoreBoot(entry(boot, boot.lastSeenMs), boot);
    for (const device of entries.values()) device.row.boot = device.current?.name ?? '';
    for (const row of state.consents) restoreConsent(row);
    for (const id of state.unsaved) markUnsaved(entries.get(keyOf(id)));
  }

  function restoreConsent(row: LedgerRow): void {
    const draft = draftOf(row);
    // Of nobody any more, or damaged: it grants nothing, and `usewire audit verify` tells where.
    if (draft === null || row.device === '') return;
    const { consent } = entry(row, 0);
    fold(consent, draft, row);
    if (row.ackedAtMs !== null) confirm(consent, row.subject, row.epoch);
  }

  function changed(): { boots: BootSnapshot[]; devices: DeviceRow[]; saved(): void } {
    const dirty = [...entries.values()].filter((device) => device.dirty);
    const boots: BootSnapshot[] = [];
    const settle: { dirty: boolean }[] = [...dirty];
    for (const device of dirty) {
      for (const boot of device.boots.values()) {
        if (!boot.dirty) continue;
        boots.push(bootSnapshot(device, boot));
        settle.push(boot);
      }
    }
    const saved = () => {
      for (const item of settle) item.dirty = false;
    };
    return { boots, devices: dirty.map((device) => device.row), saved };
  }

  function linkEnded(device: DeviceEntry, then: 'lost' | 'offline' = 'lost'): void {
    device.links -= 1;
    if (device.links > 0 || device.row.state !== 'online') return;
    device.row.state = then;
    device.dirty = true;
  }

  return {
    entry,
    linkEnded,
    find: (id) => entries.get(keyOf(id)),
    all: () => entries.values(),
    // A device that has connected and said nothing yet is no row.
    rows: () => [...entries.values()].filter(wasHeard).map((device) => ({ ...device.row })),
    gaps: (id) => (id === undefined ? [...entries.values()] : lookUp(entries, keyOf(id))).flatMap(gapsOf),
    restore,
    saveAll: () => {
      for (const device of entries.values()) {
        markUnsaved(device);
        for (const boot of device.boots.values()) boot.ref.rowId = 0;
      }
    },
    changed,
  };
}

function markUnsaved(device: DeviceEntry | undefined): void {
  if (device === undefined) return;
  device.dirty = true;
  for (const boot of device.boots.values()) boot.dirty = true;
}

function wasHeard({ row }: DeviceEntry): boolean {
  return row.boot !== '' || row.quarantined > 0;
}

function lookUp(entries: Map<string, DeviceEntry>, key: string): DeviceEntry[] {
  const found = entries.get(key);
  return found === undefined ? [] : [found];
}
