import { asideIndex } from './aside.ts';
import type { BootSnapshot, DeviceId, DeviceRow, QuarantineEntry, SpoolState, SpoolStore } from './ports.ts';
import { gapsOf, quarantined } from './story.ts';

/** What the store knows of a device. */
export interface DeviceStory extends DeviceId {
  row: DeviceRow | null;
  /** Newest first. */
  boots: BootStory[];
  quarantine: {
    messages: number;
    byReason: Record<string, number>;
    /** Pushed out by newer ones. */
    dropped: number;
    /** Newest first. */
    newest: QuarantineEntry[];
  };
  /** The last connection. */
  link: { openedAtMs: number; via: string } | null;
}

export interface BootStory extends Pick<BootSnapshot, 'boot' | 'nextSeq' | 'lastSeenMs'> {
  /** Stored messages. */
  stored: number;
  /** Highest stored number; -1 = none. */
  highest: number;
  gaps: { first: number; last: number }[];
}

const NEWEST = 5;

export function deviceStory(
  store: Pick<SpoolStore, 'quarantine' | 'quarantinedSeqs' | 'quarantineDropped' | 'linkAt'>,
  state: SpoolState,
  id: DeviceId,
): DeviceStory {
  const mine = (one: DeviceId) => one.tenant === id.tenant && one.device === id.device;
  const entries = quarantined(store, id);
  const byReason: Record<string, number> = {};
  for (const { reason } of entries) byReason[reason] = (byReason[reason] ?? 0) + 1;
  const boots = state.boots.filter(mine).sort((a, b) => b.lastSeenMs - a.lastSeenMs);
  const aside = asideIndex(store.quarantinedSeqs(id));
  const link = store.linkAt(id, Number.MAX_SAFE_INTEGER);
  return {
    tenant: id.tenant,
    device: id.device,
    row: state.devices.find(mine) ?? null,
    boots: boots.map((boot) => bootStory(boot, aside(boot))),
    quarantine: {
      messages: entries.length,
      byReason,
      dropped: store.quarantineDropped(id),
      newest: entries.slice(0, NEWEST),
    },
    link: link === null ? null : { openedAtMs: link.openedAtMs, via: link.via },
  };
}

function bootStory(boot: BootSnapshot, aside: readonly number[]): BootStory {
  const { ranges, nextSeq, lastSeenMs } = boot;
  let stored = 0;
  for (let i = 0; i < ranges.length; i += 2) stored += ranges[i + 1]! - ranges[i]! + 1;
  const highest = ranges.at(-1) ?? -1;
  return { boot: boot.boot, nextSeq, lastSeenMs, stored, highest, gaps: gapsOf(boot, aside) };
}
